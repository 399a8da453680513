import { FilesDiffer } from "../../../connectors/iceberg/files-read.ts";
import {
  HIVE_READER,
  hasOwnReader,
  listSource,
  OWN_READER,
  type SourceFiles,
} from "../../../connectors/iceberg/source-files.ts";
import { withCauses } from "../../../connectors/spark/describe-error.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { StepFailed, sideBySide } from "../../engine.ts";
import { isUnavailable } from "../../runner/job-error.ts";
import { AS_HIVE, type HiveSource, readsByPlace } from "../hive-source.ts";

/** How sources in Hive are read: for each the files of its tables, as they were listed, and why Hive's own reader reads them where it does. */
export interface HiveReading {
  listed: readonly (readonly (SourceFiles | undefined)[])[];
  reason?: string;
}

/**
 * Reads tables and views of Hive in one session: by Spark's own reader where that is enough, else by Hive's, which Spark has
 * too. `work` may be done twice, where Spark's own reader fails. `explain` makes an error that says more out of one.
 */
export async function readAsHive<T>(
  session: Session,
  sources: readonly HiveSource[],
  signal: AbortSignal,
  work: (reading: HiveReading) => Promise<T>,
  explain: (error: unknown, listed: HiveReading["listed"]) => Promise<unknown> = async error => error,
): Promise<T> {
  const before = await session.config.get(Object.keys(OWN_READER));
  try {
    await session.config.set({ ...AS_HIVE, ...HIVE_READER });
    const listed = await listEach(session, sources);
    const reason = sources.map((source, at) => reasonForHive(source, listed[at] ?? [])).find(found => found);
    if (reason === undefined) await session.config.set(OWN_READER);
    try {
      return await work({ listed, ...(reason !== undefined && { reason }) });
    } catch (error) {
      if (signal.aborted) throw error;
      if (reason !== undefined || !isWorthHive(sources, error)) throw await explain(error, listed);
      await session.config.set(HIVE_READER);
      try {
        return await work({ listed: await listEach(session, sources), reason: UNREAD });
      } catch (second) {
        if (signal.aborted) throw second;
        const explained = await explain(second, listed);
        throw explained === second ? preferTold(await explain(error, listed), second) : explained;
      }
    }
  } finally {
    const set = Object.entries(before).filter((pair): pair is [string, string] => pair[1] !== undefined);
    // A server that is gone has no settings left.
    await session.config.set(Object.fromEntries(set)).catch(() => undefined);
  }
}

/** What an outcome says of a reading that Hive's own reader does. */
export function readerNotes(reason: string | undefined): string[] {
  return reason === undefined ? [] : [`read by Hive's own reader: ${reason}`];
}

const UNREAD = "Spark's own reader can't read all of its files";

async function listEach(session: Session, sources: readonly HiveSource[]): Promise<(SourceFiles | undefined)[][]> {
  const listed: (SourceFiles | undefined)[][] = [];
  for (const source of sources) listed.push(await listAll(session, source));
  return listed;
}

// Lists the files of a table, or of each table below a view; nothing of one without files of its own, as of Iceberg's.
async function listAll(session: Session, { name, table, tables }: HiveSource): Promise<(SourceFiles | undefined)[]> {
  if (!tables) return [table.location ? await listSource(session, name, table) : undefined];
  return (await sideBySide(tables, one => listAll(session, one))).flat();
}

// Why Hive's own reader has to read a table; undefined where Spark's own is enough.
function reasonForHive(hive: HiveSource, listed: readonly (SourceFiles | undefined)[]): string | undefined {
  const tables = (hive.tables ?? [hive]).filter(({ table }) => hasOwnReader(table));
  if (tables.length === 0) return undefined;
  if (tables.some(({ table }) => readsByPlace(table))) return "its Parquet columns are found by their place";
  if (listed.some(files => files?.nested)) return "it has files in folders below its own";
  return undefined;
}

// Hive's reader may fail at a file in words that say nothing of it.
function preferTold(first: unknown, second: unknown): unknown {
  return first instanceof StepFailed ? first : second;
}

function isWorthHive(sources: readonly HiveSource[], error: unknown): boolean {
  if (!sources.some(hive => (hive.tables ?? [hive]).some(({ table }) => hasOwnReader(table)))) return false;
  if (error instanceof FilesDiffer) return true;
  if (!(error instanceof SparkError) || isUnavailable(error)) return false;
  return UNREADABLE.test(`${error.errorClass} ${withCauses(error)}`);
}

const UNREADABLE =
  /FAILED_READ_FILE|CANNOT_READ_FILE|is not a Parquet file|Malformed ORC|Could not read footer|PARQUET_|cannot be converted|duplicate field/i;
