import {
  type AcidRead,
  createAcidViews,
  dropAcidViews,
  type ReadFile,
  viewOf,
  WHOLE_FILES,
} from "../../../connectors/hive/acid/views.ts";
import type { MetastoreTable } from "../../../connectors/hive/metastore/metastore.ts";
import { decodePath } from "../../../connectors/iceberg/source-files.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { refuse } from "./refusals.ts";

/** Runs something that no other table may be planned beside: it changes settings of the session, or uses a name that all use. */
export type Alone = <T>(run: () => Promise<T>) => Promise<T>;

const MOST_BYTES = 16 * 1024 ** 3;

/**
 * Rows of plain files are deleted by their place: counted through all files of a bucket, in the order of their names. Counts
 * them where something was deleted, and only there.
 */
export async function placeRows(
  session: Session,
  table: MetastoreTable,
  read: AcidRead,
  alone: Alone,
): Promise<AcidRead> {
  const plain = read.files.filter(file => file.rows);
  if (plain.length === 0 || read.deletes.length === 0) return read;
  const counting = { ...read, files: plain, positions: true };
  const view = `${viewOf(table.database, table.name)}_places_of_rows`;
  try {
    await createAcidViews(session, view, counting);
    const writes = [...new Set(plain.map(({ rows }) => `${rows?.write}L`))].join(", ");
    const [row] = await session.query(
      `select count(*) as n from ${view}_deletes where operation = 2 and originalTransaction in (${writes})`,
    );
    if (Number(row?.n ?? 0) === 0) return read;
    await alone(() => refuseLarge(session, table, plain));
    const odd = plain.find(({ rows }) => (rows?.bucket ?? -1) < 0);
    if (odd) throw refuse(table).oddOriginal(odd.path);
    const counts = await alone(() => countRows(session, view, plain));
    return { ...read, positions: true, files: withStarts(read.files, counts) };
  } finally {
    await dropAcidViews(session, view);
  }
}

async function refuseLarge(session: Session, table: MetastoreTable, files: readonly ReadFile[]): Promise<void> {
  const [large] = await session.queryFiles(
    `select path, length div 1073741824 as gigabytes from files where length > ${MOST_BYTES} limit 1`,
    { format: "binaryFile", paths: files.map(({ path }) => path) },
  );
  if (large) throw refuse(table).largeOriginal(decodePath(String(large.path)), Number(large.gigabytes));
}

async function countRows(session: Session, view: string, files: readonly ReadFile[]): Promise<Map<string, number>> {
  return await withWholeFiles(session, async () => {
    const rows = await session.query(
      `select portal_file as file, count(*) as rows, min(rowId) as first, max(rowId) as last from ${view}_rows group by portal_file`,
    );
    const counts = new Map(files.map(({ path }) => [path, 0]));
    for (const { file, rows: count, first, last } of rows) {
      const path = files[Number(file)]?.path;
      if (path === undefined || Number(first) !== 0 || Number(last) !== Number(count) - 1)
        throw new Error(`Spark does not read ${path ?? "a file"} as one piece, so its rows can't be counted.`);
      counts.set(path, Number(count));
    }
    return counts;
  });
}

function withStarts(files: readonly ReadFile[], counts: ReadonlyMap<string, number>): ReadFile[] {
  const before = new Map<string, number>();
  return files.map(file => {
    if (!file.rows) return file;
    const bucket = `${file.folder} ${file.rows.write} ${file.rows.bucket}`;
    const start = before.get(bucket) ?? 0;
    before.set(bucket, start + (counts.get(file.path) ?? 0));
    return { ...file, rows: { ...file.rows, start } };
  });
}

/** Runs something while Spark reads every file in one piece. */
export async function withWholeFiles<T>(session: Session, run: () => Promise<T>): Promise<T> {
  const names = Object.keys(WHOLE_FILES);
  const before = await session.config.get(names);
  await session.config.set(WHOLE_FILES);
  try {
    return await run();
  } finally {
    const earlier = Object.entries(before).filter((pair): pair is [string, string] => pair[1] !== undefined);
    // A server that is gone has no settings left.
    await session.config.set(Object.fromEntries(earlier)).catch(() => undefined);
  }
}
