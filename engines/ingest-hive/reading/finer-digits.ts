import type { HiveTable } from "../../../connectors/iceberg/describe.ts";
import type { TableColumn } from "../../../connectors/iceberg/layout/columns.ts";
import { quote, sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { type DataType, ddl } from "../../../connectors/spark/protocol/types.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import type { Step, StepContext } from "../../engine.ts";
import type { HiveMove, HiveSource } from "../hive-source.ts";
import { anywhere } from "../inspect.ts";
import type { IngestHive } from "../parameters.ts";
import { holdsTimestamp } from "../time-zone.ts";

type Run = (
  step: Step<HiveMove>,
  context: StepContext<IngestHive>,
) => Promise<Omit<Outcome, "table" | "target" | "seconds">>;

const VECTORIZED = "spark.sql.parquet.enableVectorizedReader";

/** Runs a copy, then counts the timestamps that had more than six digits of a second, which neither Spark nor Iceberg keeps. */
export function withFinerDigits(run: Run): Run {
  return async (step, context) => {
    const ended = await run(step, context);
    const { hive, columns } = step.detail;
    if (!hive || !columns.some(({ source }) => holdsTimestamp(source))) return ended;
    // Hive itself has counted.
    if (ended.outcome !== "succeeded" || ended.proof?.witness) return ended;
    const notes = await finerNotes(await context.spark(), hive, columns).catch(() => [UNCOUNTED]);
    return notes.length > 0 ? { ...ended, notes: [...(ended.notes ?? []), ...notes] } : ended;
  };
}

const UNCOUNTED = "digits of a second beyond the sixth would be cut; in this format they are not counted";

async function finerNotes(
  session: Session,
  { table, transactional }: HiveSource,
  columns: readonly TableColumn[],
): Promise<string[]> {
  const { location, serde_library: serde = "", provider = "hive", partition_columns = [] } = table;
  if (table.type === "VIEW" || transactional) return [UNCOUNTED];
  // Spark writes six digits, and Avro has three.
  if (provider !== "hive" || !location || /avro/i.test(serde)) return [];
  const own = columns.filter(({ name }) => !partition_columns.includes(name));
  const timestamps = own.filter(({ source }) => holdsTimestamp(source));
  if (timestamps.length === 0) return [];
  if (/LazySimple/.test(serde) && /TextInputFormat/.test(table.input_format ?? ""))
    return await countInText(session, table, location, timestamps);
  const isParquet = /parquet/i.test(serde);
  if (!isParquet && !/orc/i.test(serde)) return [UNCOUNTED];
  const read = isParquet ? BYTES : TEXT;
  // Hive's order: files of its first versions know columns by their place alone.
  const order = new Map(table.columns.map(({ name }, i) => [name, i]));
  const inOrder = own.toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  const schema = inOrder.map(({ name, source }) => `${quote(name)} ${ddl(otherwise(source, read.type))}`).join(", ");
  const counts = timestamps.map(({ name, source }, i) => {
    const condition = anywhere(quote(name), source, (sql, { kind }) =>
      kind === "timestamp" ? read.finer(sql) : undefined,
    );
    return `cast(count_if(${condition}) as string) as c${i}`;
  });
  const files = { format: isParquet ? "parquet" : "orc", paths: [location], schema };
  const { [VECTORIZED]: before = "true" } = await session.config.get([VECTORIZED]);
  try {
    // Only Spark's slower reader gives the bytes of a timestamp.
    if (isParquet) await session.config.set({ [VECTORIZED]: "false" });
    const [row = {}] = await session.queryFiles(`select ${counts.join(", ")} from files`, files);
    return timestamps.flatMap(({ name }, i) => {
      const count = Number(row[`c${i}`] ?? 0);
      return count > 0 ? [finerNote(name, count)] : [];
    });
  } finally {
    if (isParquet) await session.config.set({ [VECTORIZED]: before });
  }
}

async function countInText(
  session: Session,
  { columns, storage_properties: properties = {} }: HiveTable,
  location: string,
  timestamps: readonly TableColumn[],
): Promise<string[]> {
  if (timestamps.some(({ source }) => source.kind !== "timestamp")) return [UNCOUNTED];
  const delimiter = properties["field.delim"] ?? properties["serialization.format"] ?? "\u0001";
  const between = /^\d+$/.test(delimiter) ? String.fromCharCode(Number(delimiter)) : delimiter;
  const counts = timestamps.map(({ name }, i) => {
    const place = columns.findIndex(column => column.name === name);
    const value = `split(value, ${sparkLiteral(`\\Q${between}\\E`)})[${place}]`;
    return `cast(count_if(${value} rlike '[.][0-9]{6}[0-9]*[1-9]0*$' and ${value} rlike '[.][0-9]{7,}$') as string) as c${i}`;
  });
  const [row = {}] = await session.queryFiles(`select ${counts.join(", ")} from files`, {
    format: "text",
    paths: [location],
  });
  return timestamps.flatMap(({ name }, i) =>
    Number(row[`c${i}`] ?? 0) > 0 ? [finerNote(name, Number(row[`c${i}`]))] : [],
  );
}

/** The remark of a copy of which digits were cut. */
export function finerNote(column: string, count: number): string {
  return `column ${column}: ${count === 1 ? "1 value" : `${count} values`} had more than six digits of a second, which were cut`;
}

interface Reading {
  type: DataType;
  finer(sql: string): string;
}

// ORC gives a timestamp as text, with all its digits.
const TEXT: Reading = { type: { kind: "string" }, finer: sql => `${sql} rlike '[.][0-9]{7,9}$'` };

// Parquet gives the twelve bytes of INT96: the nanoseconds of the day, the lowest first, then the day.
const BYTES: Reading = {
  type: { kind: "binary" },
  finer: sql => {
    const bytes = Array.from({ length: 8 }, (_, i) => `hex(substring(${sql}, ${8 - i}, 1))`);
    return `cast(conv(concat(${bytes.join(", ")}), 16, 10) as bigint) % 1000 != 0`;
  },
};

function otherwise(type: DataType, as: DataType): DataType {
  switch (type.kind) {
    case "timestamp":
      return as;
    case "array":
      return { ...type, element: otherwise(type.element, as) };
    case "map":
      return { ...type, key: otherwise(type.key, as), value: otherwise(type.value, as) };
    case "struct":
      return { ...type, fields: type.fields.map(field => ({ ...field, type: otherwise(field.type, as) })) };
    default:
      return type;
  }
}
