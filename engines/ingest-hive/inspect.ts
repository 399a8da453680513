import type { TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { quote } from "../../connectors/iceberg/names.ts";
import { calendarsOf } from "../../connectors/iceberg/parquet-calendar.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { type Step, type StepContext, StepFailed } from "../engine.ts";
import type { Move } from "../table-copy/move.ts";
import type { IngestHive } from "./parameters.ts";

type Ended = Omit<Outcome, "table" | "target" | "seconds">;
type Run<M extends Move> = (step: Step<M>, context: StepContext<IngestHive>) => Promise<Ended>;

/** The copy has to be made once more, since its source is read otherwise from now on. */
class ReadAgain extends Error {}

/** With these Spark reads days before 15 October 1582 as Hive 2 wrote them, in files that do not say how. */
const REBASE = ["spark.sql.parquet.datetimeRebaseModeInRead", "spark.sql.parquet.int96RebaseModeInRead"];

const OWN_READER = "spark.sql.hive.convertMetastoreParquet";

/** How many files with days of old are looked into. */
const MOST_FILES = 200;

/**
 * Runs a copy, and looks in it for what was read wrongly: text that is none in its encoding, and days of old, which Hive 2
 * and 3 write differently. Both show in the copied values alone.
 */
export function withInspection<M extends Move>(run: Run<M>): Run<M> {
  return async (step, context) => {
    const text = step.detail.columns.flatMap(column => badText(column) ?? []);
    const old = step.detail.columns.flatMap(column => oldDay(column) ?? []);
    const counts = {
      ...(text.length > 0 && step.detail.mayHoldBytes && { text: countOf(text) }),
      ...(old.length > 0 && step.detail.mayHoldOldDays && { old: countOf(old) }),
    };
    if (Object.keys(counts).length === 0) return await run(step, context);
    const session = await context.spark();
    const judge = async (found: Readonly<Record<string, number>>, again: boolean) => {
      if (found.text) throw await notText(session, step.detail, step.table);
      if (found.old && !again) await settleCalendar(session, step.detail, old, step.table);
    };
    const withCounts = (again: boolean): Step<M> => ({
      ...step,
      detail: { ...step.detail, inspect: { counts, judge: found => judge(found, again) } },
    });
    try {
      return await run(withCounts(false), context);
    } catch (error) {
      if (!(error instanceof ReadAgain)) throw error;
      const ended = await run(withCounts(true), context);
      const note = "days before 15 October 1582 are read by the calendar that Hive 2 wrote them in";
      return { ...ended, notes: [...(ended.notes ?? []), note] };
    } finally {
      await session.config.unset(REBASE).catch(() => undefined);
    }
  };
}

function countOf(conditions: readonly string[]): string {
  return `count_if(${conditions.join(" or ")})`;
}

async function settleCalendar(session: Session, detail: Move, old: readonly string[], table: string): Promise<void> {
  const rows = await session.query(
    `select distinct input_file_name() as file from (${detail.select}) where ${old.join(" or ")} limit ${MOST_FILES + 1}`,
  );
  const files = rows.map(row => String(row.file)).filter(Boolean);
  const few = files.length > 0 && files.length <= MOST_FILES;
  const calendars = few ? await calendarsOf(session, files).catch(() => undefined) : undefined;
  // Hive's own reader knows the old calendar alone.
  const { [OWN_READER]: own } = await session.config.get([OWN_READER]);
  const needed = own === "false" ? "hybrid" : "proleptic";
  if (calendars && (!calendars.has("hybrid") || !calendars.has("proleptic"))) {
    if (calendars.has(needed) || (calendars.size === 1 && calendars.has("spark"))) return;
    if (own === "false") throw mixed(table, "they are read by Hive's own reader, which knows the old way alone");
    await session.config.set(Object.fromEntries(REBASE.map(key => [key, "LEGACY"])));
    throw new ReadAgain();
  }
  throw mixed(table, calendars ? "its files are of both" : "its files could not be looked into");
}

function mixed(table: string, why: string): StepFailed {
  return new StepFailed({
    message: `${table} holds days before 15 October 1582 in Parquet, which Hive 2 and Hive 3 write differently, and ${why}.`,
    hint: "Copy it in Hive into a table stored as orc, where such days have one meaning, and ingest that.",
  });
}

async function notText(session: Session, { select, columns }: Move, table: string): Promise<StepFailed> {
  const counted = columns.flatMap(column => {
    const bad = badText(column);
    return bad ? [{ name: column.name, sql: `cast(count_if(${bad}) as string)` }] : [];
  });
  const [row = {}] = await session.query(
    `select ${counted.map(({ sql }, i) => `${sql} as c${i}`).join(", ")} from (${select})`,
  );
  const found = counted.flatMap(({ name }, i) => (Number(row[`c${i}`] ?? 0) > 0 ? [`${name} (${row[`c${i}`]})`] : []));
  const [, database = "", name = ""] = /^[^.]+\.([^.]+)\.(.+)$/.exec(table) ?? [];
  return new StepFailed({
    message: `${table} has values that are no text in UTF-8: ${found.slice(0, 10).join(", ")}. Its encoding is not declared.`,
    hint: "Declare the encoding of its files in Hive, ISO-8859-1 for example, then run the job again.",
    sql: `alter table ${quote(database)}.${quote(name)} set serdeproperties ('serialization.encoding' = 'ISO-8859-1')`,
  });
}

/** Whether a column's value holds bytes that are no text, as Spark SQL; undefined where it can't. */
function badText({ name, target }: Pick<TableColumn, "name" | "target">): string | undefined {
  return anywhere(quote(name), target, (sql, type) =>
    type.kind === "string" ? `not is_valid_utf8(${sql})` : undefined,
  );
}

/** Whether a column's value holds a day before 15 October 1582, as Spark SQL; undefined where it can't. */
function oldDay({ name, target }: Pick<TableColumn, "name" | "target">): string | undefined {
  return anywhere(quote(name), target, (sql, { kind }) => {
    if (kind === "date") return `${sql} < date'1582-10-15'`;
    return kind === "timestamp" || kind === "timestamp_ntz" ? `${sql} < timestamp'1582-10-16 00:00:00'` : undefined;
  });
}

type Condition = (sql: string, type: DataType) => string | undefined;

/** A condition on a value or on anything inside of it; undefined where there is nothing that it is about. */
export function anywhere(sql: string, type: DataType, condition: Condition, depth = 0): string | undefined {
  const item = `e${depth}`;
  const inner = (what: DataType) => anywhere(item, what, condition, depth + 1);
  switch (type.kind) {
    case "array": {
      const found = inner(type.element);
      return found && `exists(${sql}, ${item} -> ${found})`;
    }
    case "map": {
      const [key, value] = [inner(type.key), inner(type.value)];
      const found = [
        key && `exists(map_keys(${sql}), ${item} -> ${key})`,
        value && `exists(map_values(${sql}), ${item} -> ${value})`,
      ];
      return found.filter(Boolean).join(" or ") || undefined;
    }
    case "struct": {
      const found = type.fields.flatMap(
        field => anywhere(`${sql}.${quote(field.name)}`, field.type, condition, depth) ?? [],
      );
      return found.length > 0 ? `(${found.join(" or ")})` : undefined;
    }
    default:
      return condition(sql, type);
  }
}
