import type { Snowflake } from "./connect.ts";
import { identifier, qualified, type SnowflakeTable } from "./names.ts";

/** A table that rows are merged into: what makes a row the same row, and its columns with Snowflake's types. */
export interface MergeTarget {
  table: SnowflakeTable;
  columns: readonly { name: string; type: string }[];
  key: readonly string[];
}

/** The values of a row, one for each column, as text. */
export type MergeRow = readonly (string | null)[];

const BATCH = 200;
/** Snowflake takes a statement and its bound values up to 1 MB. */
const BATCH_BYTES = 500_000;

/** Makes the table if it is not there. */
export function createTargetStatement({ table, columns, key }: MergeTarget): string {
  const needed = new Set(key);
  const list = columns.map(({ name, type }) => `${identifier(name)} ${type}${needed.has(name) ? " NOT NULL" : ""}`);
  return `CREATE TABLE IF NOT EXISTS ${qualified(table)} (${list.join(", ")})`;
}

/** One statement that inserts so many bound rows, each only if its key is not there yet. */
export function mergeStatement({ table, columns, key }: MergeTarget, rows: number): string {
  const cells = columns.map(({ name, type }) => `CAST(? AS ${type}) AS ${identifier(name)}`).join(", ");
  const selects = Array.from({ length: rows }, () => `SELECT ${cells}`).join("\n  UNION ALL ");
  const names = columns.map(({ name }) => identifier(name));
  const same = key.map(name => `t.${identifier(name)} = s.${identifier(name)}`).join(" AND ");
  return `MERGE INTO ${qualified(table)} AS t USING (
  ${selects}
) AS s ON ${same}
WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${names.map(name => `s.${name}`).join(", ")})`;
}

/** The rows whose key is not there yet: so that a merge takes as long as what is new, and not as long as all. */
export async function missingRows(
  snowflake: Snowflake,
  { table, columns, key }: MergeTarget,
  rows: readonly MergeRow[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<MergeRow[]> {
  // Under names of our own, since a name without quotes comes back in capitals.
  const keys = key.map((name, i) => `${identifier(name)} AS KEY_${i}`).join(", ");
  const found = await snowflake.run(`SELECT ${keys} FROM ${qualified(table)}`, [], signal ? { signal } : {});
  const there = new Set(found.map(row => JSON.stringify(key.map((_, i) => row[`KEY_${i}`]))));
  const places = key.map(name => columns.findIndex(column => column.name === name));
  return rows.filter(row => !there.has(JSON.stringify(places.map(place => row[place]))));
}

/**
 * Merges rows in batches, each one atomic: after an interruption the same rows may be merged again, and only those that
 * are missing come in. Gives how many came in; `onBatch` hears of each batch.
 */
export async function mergeRows(
  snowflake: Snowflake,
  target: MergeTarget,
  rows: Iterable<MergeRow>,
  { signal, onBatch }: { signal?: AbortSignal; onBatch?: (done: { rows: number; inserted: number }) => void } = {},
): Promise<number> {
  let total = 0;
  for (const batch of batches(target, rows)) {
    const answer = await snowflake.run(mergeStatement(target, batch.length), batch.flat(), signal ? { signal } : {});
    const inserted = Number(answer[0]?.["number of rows inserted"] ?? 0);
    total += inserted;
    onBatch?.({ rows: batch.length, inserted });
  }
  return total;
}

// A row that stands twice in one batch would be inserted twice: the first one counts.
function* batches({ columns, key }: MergeTarget, rows: Iterable<MergeRow>): Generator<MergeRow[]> {
  const places = key.map(name => columns.findIndex(column => column.name === name));
  let batch = new Map<string, MergeRow>();
  let bytes = 0;
  for (const row of rows) {
    const size = row.reduce((sum, value) => sum + Buffer.byteLength(value ?? "") + 32, 0);
    if (batch.size >= BATCH || (batch.size > 0 && bytes + size > BATCH_BYTES)) {
      yield [...batch.values()];
      batch = new Map();
      bytes = 0;
    }
    const id = JSON.stringify(places.map(place => row[place]));
    if (batch.has(id)) continue;
    batch.set(id, row);
    bytes += size;
  }
  if (batch.size > 0) yield [...batch.values()];
}
