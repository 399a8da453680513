import type { Session } from "../spark/session.ts";
import { quote } from "./names.ts";

/**
 * How the writer of a Parquet file counted days before 15 October 1582: by the calendar of that time, as Hive 2 does; by today's,
 * as the standard says; or so that Spark itself knows.
 */
export type Calendar = "hybrid" | "proleptic" | "spark";

/** The end of a file, where its metadata is. */
const TAIL = 1_048_576;

/** The calendars of Parquet files, each once. Reads the end of each; throws where one can't be read. */
export async function calendarsOf(session: Session, files: readonly string[]): Promise<Set<Calendar>> {
  const found = new Set<Calendar>();
  for (const file of files) {
    const from = `greatest(1, length(content) - ${TAIL - 1})`;
    const [row] = await session.query(
      `select base64(substring(content, ${from}, ${TAIL})) as tail from binaryFile.${quote(decodeURI(file))}`,
    );
    found.add(calendarIn(Buffer.from(String(row?.tail ?? ""), "base64")));
  }
  return found;
}

/** The calendar that the end of a Parquet file tells of. Pure. */
export function calendarIn(tail: Uint8Array): Calendar {
  const text = Buffer.from(tail).toString("latin1");
  // A key and its value stand one after the other, with the type and the length of the value between them.
  const marked = [...text.matchAll(/writer\.date\.proleptic[\s\S]{1,3}?(true|false)/g)].at(-1)?.[1];
  if (marked) return marked === "true" ? "proleptic" : "hybrid";
  if (text.includes("org.apache.spark.version")) return "spark";
  if (text.includes("org.apache.spark.sql.parquet.row.metadata")) return "hybrid";
  if (!text.includes("hive_schema")) return "proleptic";
  // Hive 3 names itself and counts by today's calendar, though it does not say so.
  const version = [...text.matchAll(/writer\.model\.name[\s\S]{1,3}?(\d+)\./g)].at(-1)?.[1];
  return version !== undefined && Number(version) >= 3 ? "proleptic" : "hybrid";
}
