import assert from "node:assert/strict";
import { metadataFile } from "../../connectors/iceberg/iceberg.ts";
import { sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { openDuckdb } from "./duckdb.ts";

/** Everything that time travel shows of a table, by plain statements: each snapshot's rows, and the tags and branches. */
async function historyOf(session: Session, table: TableName): Promise<Record<string, unknown>> {
  const name = sqlName(table);
  const snapshots = await session.query(
    `select cast(snapshot_id as string) as id, cast(committed_at as string) as at, operation from ${name}.snapshots`,
  );
  const refs = await session.query(
    `select name, type, cast(snapshot_id as string) as id from ${name}.refs order by name`,
  );
  const rows: Record<string, string> = {};
  for (const { id } of snapshots) {
    const schema = await session.schema(`select * from ${name} version as of ${id}`);
    const columns = schema.kind === "struct" ? schema.fields.map(field => `\`${field.name}\``).join(", ") : "";
    const [row] = await session.query(
      `select concat(count(*), ' ', sum(cast(xxhash64(to_json(struct(${columns}))) as decimal(38,0)))) as found
       from ${name} version as of ${id}`,
    );
    rows[String(id)] = String(row?.found);
  }
  const byId = (a: { id?: unknown }, b: { id?: unknown }) => (String(a.id) < String(b.id) ? -1 : 1);
  return { snapshots: snapshots.sort(byId), refs, rows };
}

/** Checks that two tables have the same history. */
export async function sameHistory(session: Session, a: TableName, b: TableName): Promise<void> {
  const [one, other] = await Promise.all([historyOf(session, a), historyOf(session, b)]);
  assert.deepEqual(other, one);
  assert.ok(Object.keys(one.rows as object).length > 0);
}

/** Checks that DuckDB reads from a copy, snapshot by snapshot, the rows that Spark reads from the source. */
export async function sameInDuckdb(
  session: Session,
  source: TableName,
  copy: TableName,
  duckdb: Awaited<ReturnType<typeof openDuckdb>>,
): Promise<void> {
  const file = await metadataFile(session, copy);
  const snapshots = await session.query(
    `select cast(snapshot_id as string) as id from ${sqlName(source)}.snapshots order by committed_at`,
  );
  assert.ok(file && snapshots.length > 0);
  for (const { id } of snapshots) {
    const from = `${sqlName(source)} version as of ${id}`;
    const schema = await session.schema(`select * from ${from}`);
    const columns = schema.kind === "struct" ? schema.fields.map(field => field.name) : [];
    const texts = columns.map(name => `coalesce(cast(\`${name}\` as string), 'NULL')`).join(", ");
    const rows = await session.query(`select concat_ws('\t', ${texts}) as line from ${from}`);
    const expected = rows.map(({ line }) => String(line)).sort();
    assert.deepEqual(await duckdb.rows(file, String(id), columns), expected, `snapshot ${id}`);
  }
}
