import type { DataType } from "../spark/protocol/types.ts";

/** A column as both sides know it. */
export interface WitnessColumn {
  name: string;
  /** The type that the copy has. */
  target: DataType;
  /** `char(5)`, where the source pads its values. */
  declared?: string;
  /** Hive tells a missing value of a partition column of text by a word. */
  partition?: boolean;
}

/** One value, or one field of a struct, that is counted: how each side calls it, and what can be asked of it. */
interface Leaf {
  title: string;
  path: readonly string[];
  kind: "whole" | "number" | "text" | "padded" | "bytes" | "flag" | "day" | "instant" | "local" | "list" | "struct";
  single: boolean;
  partition: boolean;
}

/** The figures of one value: how many there are, the smallest and the largest; of lists the elements in all. */
export interface ValueFigures {
  title: string;
  values: string | null;
  smallest?: string | null;
  largest?: string | null;
}

/** What one side says of a table. */
export interface SideFigures {
  rows: string;
  values: ValueFigures[];
}

/** A statement asks for so many values at most: each has three aggregates. */
const AT_ONCE = 200;

/** What is asked of both sides: the statements for Hive and for Spark, and how their answers become figures. */
export interface Questions {
  hive(table: readonly [database: string, table: string]): string[];
  /** `zone` is Hive's, as an SQL literal: a timestamp is what clocks there show. */
  spark(relation: string, quote: (name: string) => string, zone: string): string[];
  read(answers: readonly Readonly<Record<string, unknown>>[]): SideFigures;
  differences(hive: SideFigures, copy: SideFigures): string[];
  /** How many timestamps have digits in Hive that Spark has no room for, from Hive's answers. */
  finer(answers: readonly Readonly<Record<string, unknown>>[]): { title: string; count: number }[];
}

/** Prepares the questions for the columns of a table. */
export function questionsFor(columns: readonly WitnessColumn[]): Questions {
  const leaves = columns.flatMap(column => leavesOf(column));
  const parts = Array.from({ length: Math.max(1, Math.ceil(leaves.length / AT_ONCE)) }, (_, i) =>
    leaves.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
  const statement = (select: (leaf: Leaf, i: number) => string[], from: string) =>
    parts.map(part => {
      const figureColumns = ["cast(count(*) as string) as total", ...part.flatMap(select)];
      return `select ${figureColumns.join(", ")} from ${from}`;
    });
  return {
    hive: table => statement(inHive, table.map(hiveIdentifier).join(".")),
    spark: (relation, quote, zone) => statement((leaf, i) => inSpark(leaf, i, quote, zone), relation),
    read: answers => ({
      rows: String(answers[0]?.total ?? "0"),
      values: parts.flatMap((part, p) => part.map((leaf, i) => valueIn(leaf, i, answers[p] ?? {}))),
    }),
    differences: (hive, copy) => differencesOf(leaves, hive, copy),
    finer: answers =>
      parts.flatMap((part, p) =>
        part.flatMap(({ title }, i) => {
          const count = Number(answers[p]?.[`f${i}`] ?? 0);
          return count > 0 ? [{ title, count }] : [];
        }),
      ),
  };
}

function leavesOf(column: WitnessColumn): Leaf[] {
  const walk = (path: readonly string[], type: DataType): Leaf[] => {
    const leaf = { title: path.join("."), path, single: type.kind === "float", partition: column.partition === true };
    if (type.kind !== "struct") return [{ ...leaf, kind: kindOf(type, column) }];
    return [{ ...leaf, kind: "struct" }, ...type.fields.flatMap(field => walk([...path, field.name], field.type))];
  };
  return walk([column.name], column.target);
}

function kindOf(type: DataType, { declared }: WitnessColumn): Leaf["kind"] {
  if (type.kind === "string") return declared && /^char/i.test(declared) ? "padded" : "text";
  return KINDS[type.kind] ?? "struct";
}

const KINDS: Partial<Record<DataType["kind"], Leaf["kind"]>> = {
  ...{ byte: "whole", short: "whole", integer: "whole", long: "whole", decimal: "whole" },
  ...{ float: "number", double: "number", char: "padded", varchar: "text", binary: "bytes", boolean: "flag" },
  ...{ date: "day", timestamp: "instant", timestamp_ntz: "local", array: "list", map: "list" },
};

function inHive(leaf: Leaf, i: number): string[] {
  const plain = leaf.path.map(hiveIdentifier).join(".");
  const missing = leaf.partition && leaf.kind === "text";
  const value = missing ? `if(${plain} = '__HIVE_DEFAULT_PARTITION__', null, ${plain})` : plain;
  const figures = figureColumns(leaf, i, value, end => `cast(${end} as string)`);
  if (leaf.kind !== "instant" && leaf.kind !== "local") return figures;
  return [...figures, `cast(sum(if(cast(${value} as string) rlike '[.][0-9]{7,9}$', 1, 0)) as string) as f${i}`];
}

function inSpark(leaf: Leaf, i: number, quote: (name: string) => string, zone: string): string[] {
  const value = leaf.path.map(quote).join(".");
  const text = (end: string) =>
    leaf.kind === "instant" ? `cast(from_utc_timestamp(${end}, ${zone}) as string)` : `cast(${end} as string)`;
  return figureColumns(leaf, i, value, text);
}

// The SQL that Hive and Spark share. `text` turns the smallest and largest value into text in the dialect of one side.
function figureColumns(leaf: Leaf, i: number, value: string, text: (end: string) => string): string[] {
  const count = `cast(count(${value}) as string) as n${i}`;
  switch (leaf.kind) {
    case "list":
      return [count, `cast(sum(if(${value} is null, 0, size(${value}))) as string) as a${i}`];
    case "struct":
      return [`cast(sum(if(${value} is null, 0, 1)) as string) as n${i}`];
    case "flag":
      return [
        count,
        `${text(`min(cast(${value} as int))`)} as a${i}`,
        `${text(`max(cast(${value} as int))`)} as z${i}`,
      ];
    case "bytes":
      return [count, `hex(min(${value})) as a${i}`, `hex(max(${value})) as z${i}`];
    default:
      return [count, `${text(`min(${value})`)} as a${i}`, `${text(`max(${value})`)} as z${i}`];
  }
}

function valueIn(leaf: Leaf, i: number, answer: Readonly<Record<string, unknown>>): ValueFigures {
  const text = (name: string) => (answer[name] === null || answer[name] === undefined ? null : String(answer[name]));
  const end = (name: string) => ends(leaf, text(name));
  const base = { title: leaf.title, values: text(`n${i}`) ?? "0" };
  if (leaf.kind === "struct") return base;
  if (leaf.kind === "list") return { ...base, smallest: text(`a${i}`) };
  return { ...base, smallest: end(`a${i}`), largest: end(`z${i}`) };
}

// Brings values that Hive and Spark write differently into one form.
function ends(leaf: Leaf, value: string | null): string | null {
  if (value === null) return null;
  switch (leaf.kind) {
    case "whole":
      return plainNumber(value);
    case "number":
      return String(leaf.single ? Math.fround(Number(value)) : Number(value)).replace(/^-0$/, "0");
    case "padded":
      return value.trimEnd();
    case "instant":
    case "local":
      // Hive keeps nine digits of a second and Iceberg six. The outcome of the copy notes the cut.
      return value
        .replace(/(\.\d{6})\d+$/, "$1")
        .replace(/\.(\d*?)0*$/, (_, digits: string) => (digits ? `.${digits}` : ""));
    default:
      return value;
  }
}

function plainNumber(value: string): string {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(value) ?? [];
  if (whole === "" && fraction === "") return /\d/.test(value) ? "0" : value;
  return `${sign === "-" ? "-" : ""}${whole || "0"}${fraction ? `.${fraction}` : ""}`;
}

function differencesOf(leaves: readonly Leaf[], hive: SideFigures, copy: SideFigures): string[] {
  const rows = hive.rows === copy.rows ? [] : [`Hive counts ${hive.rows} rows, the copy has ${copy.rows}`];
  const values = leaves.flatMap((leaf, i) => {
    const there = hive.values[i];
    const here = copy.values[i];
    if (!there || !here) return [];
    const word = leaf.kind === "list" ? "elements" : "smallest value";
    return [
      ...differ(leaf, "values that are not null", there.values, here.values),
      ...differ(leaf, word, there.smallest, here.smallest),
      ...differ(leaf, "largest value", there.largest, here.largest),
    ];
  });
  return [...rows, ...values];
}

function differ(leaf: Leaf, what: string, there: string | null | undefined, here: string | null | undefined): string[] {
  // Hive and Spark sort NaN differently, so it can't be compared as the smallest or largest value.
  if (there === here || (leaf.kind === "number" && (there === "NaN" || here === "NaN"))) return [];
  return [`${leaf.title}: ${what} in Hive ${shown(there)}, in the copy ${shown(here)}`];
}

function shown(value: string | null | undefined): string {
  if (value === null || value === undefined) return "none";
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}

/** An identifier as HiveQL takes it, whatever is in it. The one place that quotes identifiers for Hive. */
function hiveIdentifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
