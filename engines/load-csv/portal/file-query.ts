import { createHash } from "node:crypto";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import { type Dialect, ENCODINGS, ESCAPES } from "../../../formats/csv/dialect.ts";
import type { Sniffed } from "../../../formats/csv/sniff.ts";
import { THOUSANDS } from "../../../formats/csv/values/numbers.ts";
import type { ColumnChoice } from "../../../views/pages/files/file-columns.ts";

/** What a person has chosen on a file's page, as its address and its form have it. */
export type FileQuery = URLSearchParams;

/** What they say of how the file is written; the rest is found. */
export function dialectIn(query: FileQuery): Partial<Dialect> {
  const text = (name: string) => query.get(name) || undefined;
  const [delimiter, quote, preamble] = ["delimiter", "quote", "preamble"].map(text);
  const yes = (name: "header" | "blanks" | "trailing") => (text(name) ? { [name]: text(name) === "yes" } : {});
  const encoding = ENCODINGS.find(one => one === text("encoding"));
  const escaping = ESCAPES.find(one => one === text("escape"));
  const comment = text("comment");
  return {
    ...(delimiter && { delimiter: delimiter === "tab" ? "\t" : delimiter.slice(0, 1) }),
    ...(quote && { quote: quote === "none" ? "" : quote.slice(0, 1) }),
    ...(preamble && /^\d{1,3}$/.test(preamble) && { preamble: Number(preamble) }),
    ...(comment && { comment: comment === "none" ? "" : comment.slice(0, 1) }),
    ...(encoding && { encoding }),
    ...(escaping && { escape: escaping }),
    ...{ ...yes("header"), ...yes("blanks"), ...yes("trailing") },
  };
}

const FIELDS = ["name", "type", "size", "decimal", "thousands", "pattern", "nulls", "booleans"] as const;

/** The columns as the page shows them: what was chosen, else what is offered. Choices for other columns are forgotten. */
export function choicesOf(query: FileQuery, sniffed: Sniffed): ColumnChoice[] {
  const mark = signatureOf(sniffed);
  const sent = ["1", mark].includes(query.get("columns") ?? "");
  const left = query.has("left") ? (query.get("left") ?? "").split(".").filter(Boolean).map(Number) : undefined;
  return sniffed.columns.map((column, at) => {
    const [, kind = column.type, size = ""] = /^(\w+)\((.*)\)$/.exec(column.type) ?? [];
    const offered = {
      ...{ name: column.name, type: kind, size, decimal: column.decimal ?? "", thousands: column.thousands ?? "" },
      ...{
        pattern: column.pattern ?? "",
        nulls: (column.nulls ?? []).join(", "),
        booleans: (column.booleans ?? []).join(", "),
      },
    };
    const values = { ...offered };
    for (const field of sent ? FIELDS : []) values[field] = query.get(`${field}${at}`) ?? values[field];
    // A type may come whole: varchar(120).
    const whole = /^\s*(\w+)\s*\((.*)\)\s*$/.exec(values.type);
    if (whole) Object.assign(values, { type: whole[1], size: whole[2] });
    else if (sent && query.has(`type${at}`) && !query.has(`size${at}`)) values.size = "";
    const use = !sent || (left ? !left.includes(at) : query.has(`use${at}`));
    const example = sniffed.records.find(row => row[at])?.[at] ?? "";
    return { ...values, at, use, from: column.name, offered, example, ...(column.hint && { hint: column.hint }) };
  });
}

/** A word that changes with the columns of a file as it is read. */
export function signatureOf({ columns, dialect }: Sniffed): string {
  const text = JSON.stringify([columns.map(({ name }) => name), dialect.delimiter, dialect.encoding]);
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** The address of a file's page with what was chosen, where it is not what is offered anyway. */
export function addressOf(name: string, query: FileQuery, sniffed: Sniffed, inspection?: string): string {
  const address = new URLSearchParams();
  const about = /^(use|name|type|size|decimal|thousands|pattern|nulls|booleans)\d+$/;
  for (const [key, value] of query)
    if (value !== "" && !about.test(key) && !["look", "columns", "left"].includes(key)) address.set(key, value);
  const choices = choicesOf(query, sniffed);
  if (query.has("columns")) {
    address.set("columns", signatureOf(sniffed));
    address.set("left", choices.flatMap(({ use, at }) => (use ? [] : [at])).join("."));
    for (const choice of choices)
      for (const field of FIELDS)
        if (choice[field] !== choice.offered[field]) address.set(`${field}${choice.at}`, choice[field]);
  }
  if (inspection) address.set("look", inspection);
  return `/files/${name}?${address}`;
}

/** The parameters of a job of what was chosen. */
export function parametersOf(name: string, query: FileQuery, sniffed: Sniffed): JobFile["parameters"] {
  const keys = (query.get("key") ?? "").split(",").map(key => key.trim());
  return {
    file: name,
    table: (query.get("table") ?? "").trim(),
    key: keys.length === 1 ? (keys[0] ?? "") : keys,
    ...(query.get("onDuplicate") && { onDuplicate: query.get("onDuplicate") }),
    columns: choicesOf(query, sniffed)
      .filter(({ use }) => use)
      .map(columnOf),
    format: sniffed.dialect,
  };
}

function columnOf(choice: ColumnChoice) {
  const { from, type, decimal, thousands, pattern } = choice;
  const name = choice.name.trim() || from;
  const size = choice.size.replace(/\s+/g, "");
  const words = (text: string) =>
    text
      .split(",")
      .map(word => word.trim())
      .filter(Boolean);
  const isNumber = ["int", "bigint", "float", "double", "decimal"].includes(type);
  const nulls = words(choice.nulls);
  return {
    name,
    type: type === "varchar" || type === "decimal" ? `${type}(${size})` : type,
    ...(name !== from && { from }),
    ...(isNumber && decimal && { decimal }),
    ...(isNumber && thousands && { thousands: THOUSANDS.find(mark => mark === thousands) ?? thousands }),
    ...((type === "date" || type === "timestamp") && pattern.trim() && { pattern: pattern.trim() }),
    ...(nulls.length > 0 && { nulls }),
    ...(type === "boolean" && choice.booleans.trim() && { booleans: words(choice.booleans) }),
  };
}

/** What only a load is told. */
export function loadOnly(query: FileQuery): JobFile["parameters"] {
  const [by, into] = [query.get("countBy")?.trim(), query.get("countInto")?.trim()];
  return {
    ...(query.get("badRecords") && { badRecords: query.get("badRecords") }),
    ...((by || into) && { counts: [{ by: by ?? "", into: into ?? "" }] }),
  };
}
