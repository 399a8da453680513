import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import type { FilesRead } from "../../../connectors/iceberg/files-read.ts";
import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../../connectors/snowflake/connect.ts";
import { answers } from "../../connectors/hive/metastore-stand-in.ts";
import { ingest, runWhole, settings } from "../lake.ts";
import { hiveRows, rowsLikeHive, transactionalTables } from "./transactional.ts";
import { readLikeHive } from "./transactional-reading.ts";

// Each table is some statements to Spark: every third here, all in transactional.long.test.ts.
test("transactional tables are read as Hive 4 itself reads them", async t => {
  await readLikeHive(t, (_, at) => at % 3 === 0);
});

test("a table of two hundred deltas is read whole, and its plan advises to compact it", {
  timeout: 600_000,
}, async t => {
  const { session, database, folder, metastore, settings } = await transactionalTables(t, ["many"]);
  const { many } = metastore.tables;
  assert.ok(many);
  // Hive made the first 120 deltas and what they lose; 80 more writes of a streaming program come after.
  const made = join(folder, "made");
  await session.command(
    `insert overwrite directory ${sparkLiteral(made)} using orc select 0 as operation, id as originalTransaction, 536870912 as bucket, n as rowId, id as currentTransaction, named_struct('id', cast(id + 1000 * n as int), 'v', concat('later ', id, ' ', n)) as row from range(122, 202, 1, 80) lateral view explode(array(0L, 1L)) as n`,
  );
  const files = readdirSync(made).filter(name => name.endsWith(".orc"));
  assert.equal(files.length, 80);
  for (const file of files) {
    const id = 122 + Number(/^part-(\d+)/.exec(file)?.[1]);
    const delta = join(folder, many.location, `delta_${String(id).padStart(7, "0")}_${String(id).padStart(7, "0")}`);
    mkdirSync(delta);
    renameSync(join(made, file), join(delta, "bucket_00000"));
  }
  metastore.tables.many = { ...many, writeIds: { ...many.writeIds, high: 201 } };
  const { outcomes, proofs } = await ingest({ database, tables: ["many"] }, { settings });
  const outcome = outcomes.get("many");
  assert.equal(outcome?.proof?.verdict, "equal", JSON.stringify(outcome));
  assert.match(
    outcome.notes?.join("; ") ?? "",
    /201 deltas, 201 files.*201 deltas take long to read; .*compact 'major'/,
  );
  assert.deepEqual(proofs[0]?.sourceFiles, { listed: 201, read: 201, empty: 0 });
  const later = Array.from({ length: 80 }, (_, i) => i + 122).flatMap(id =>
    [0, 1].map(n => `${id + 1000 * n}\tlater ${id} ${n}`),
  );
  const rows = await rowsLikeHive(session, `lake.${database}_iceberg.many`, many);
  assert.deepEqual(rows, [...hiveRows(many), ...later].toSorted());
});

test("such tables are copied and proven, as they were when they were planned", { timeout: 600_000 }, async t => {
  const names = ["parted", "converted_buckets", "plain_changes"];
  const { session, database, folder, metastore, settings } = await transactionalTables(t, names);
  const at = (name: string, ...parts: string[]) => join(folder, answers.tables[name]?.location ?? "", ...parts);
  const before = bytesBelow(at("converted_buckets"));
  const afterPlan = () => {
    // Somebody adds rows to one table.
    const { parted } = metastore.tables;
    const write = (id: number) => at("parted", "day=2024-01-01", "region=us", `delta_000000${id}_000000${id}_0000`);
    cpSync(write(1), write(7), { recursive: true });
    if (parted) metastore.tables.parted = { ...parted, writeIds: { ...parted.writeIds, high: 7 } };
    // Another is compacted, and what it consisted of is removed.
    renameSync(at("plain_changes", "delta_0000001_0000001_0000"), at("plain_changes", "base_0000001_v0000009"));
  };
  const ran = await ingest({ database, tables: names }, { settings, afterPlan });
  for (const name of names) {
    const [outcome, answer] = [ran.outcomes.get(name), answers.tables[name]];
    assert.equal(outcome?.proof?.verdict, "equal", `${name}: ${JSON.stringify(outcome)}`);
    assert.ok(answer);
    assert.deepEqual(await rowsLikeHive(session, `lake.${database}_iceberg.${name}`, answer), hiveRows(answer), name);
    const proof = ran.proofs.find(({ table }) => table.endsWith(`.${name}`)) as { sourceFiles?: FilesRead } | undefined;
    assert.equal(proof?.sourceFiles?.read, proof?.sourceFiles?.listed, `${name}: every file was read`);
    assert.match(outcome.notes?.join() ?? "", /transactional: .*delta/);
  }
  assert.match(ran.outcomes.get("plain_changes")?.notes?.join() ?? "", /chosen anew/);
  assert.equal(bytesBelow(at("converted_buckets")), before, "the source is as it was");
  assert.equal(metastore.reading.size, 0, "no transaction is left open");
});

test("the chain takes such a table over the lake and Azure to a SELECT in Snowflake", { timeout: 600_000 }, async t => {
  const table = "converted_buckets";
  const { session, database, metastore } = await transactionalTables(t, [table]);
  const namespace = `${database}_iceberg`;
  await attachCatalogs(session, settings, ["azure"]);
  t.after(async () => {
    await session.command(`drop table if exists azure.${namespace}.${table}`).catch(() => undefined);
    await session.command(`drop namespace if exists azure.${namespace}`).catch(() => undefined);
  });
  const copied = await ingest({ database, tables: [table] }, { settings: { HIVE_METASTORE_URI: metastore.uri } });
  assert.equal(copied.outcomes.get(table)?.proof?.verdict, "equal");
  const migrated = (await runWhole("migrate-iceberg", { namespace, tables: [table] })).get(table);
  assert.equal(migrated?.proof?.verdict, "equal", JSON.stringify(migrated));
  const registered = await runWhole("register-snowflake", { namespace, tables: [table], schema: database });
  assert.equal(registered.get(table)?.proof?.verdict, "agrees", JSON.stringify(registered.get(table)));
  const snowflake = await openSnowflake({ ...snowflakeAddress(settings), schema: database });
  t.after(async () => snowflake.close());
  const rows = await snowflake.run(`SELECT id AS ID, v AS V FROM portal.${database}.${table}`);
  const answer = answers.tables[table];
  assert.ok(answer);
  assert.deepEqual(rows.map(row => `${row.ID}\t${row.V}`).toSorted(), hiveRows(answer));
});

test("what can't be read as Hive reads it is refused, with the way out", { timeout: 600_000 }, async t => {
  const names = ["source", "streaming", "cleaned", "mm_parquet", "major"];
  const { session, database, folder, metastore, settings } = await transactionalTables(t, names);
  const at = (name: string, ...parts: string[]) => join(folder, answers.tables[name]?.location ?? "", ...parts);
  // An old Hive changed rows in place.
  const made = join(folder, "made");
  await session.command(
    `insert overwrite directory ${sparkLiteral(made)} using orc select /*+ coalesce(1) */ 1 as operation, 1L as originalTransaction, 536870912 as bucket, 0L as rowId, 1L as currentTransaction, named_struct('id', 1, 'v', 'x') as row`,
  );
  const file = readdirSync(made).find(name => name.endsWith(".orc")) ?? "";
  renameSync(join(made, file), at("source", "delta_0000001_0000001_0000", "bucket_00001"));
  const length = Buffer.alloc(8);
  length.writeBigInt64BE(3n);
  writeFileSync(at("streaming", "delta_0000001_0000005", "bucket_00000_flush_length"), length);
  const { cleaned, mm_parquet, major } = metastore.tables;
  if (!cleaned || !mm_parquet || !major) throw new Error("a table is missing");
  // A write that is in the compacted base has not ended for this reader.
  metastore.tables.cleaned = { ...cleaned, writeIds: { ...cleaned.writeIds, open: [3] } };
  metastore.tables.mm_parquet = { ...mm_parquet, hidden: ["HIVEMANAGEDINSERTREAD"] };
  metastore.tables.major = { ...major, format: "org.apache.hadoop.mapred.TextInputFormat" };
  const { outcomes } = await ingest({ database, tables: names }, { settings });
  const expected: Record<string, [message: RegExp, hint: RegExp]> = {
    source: [/1 rows that an old Hive changed in place/, /compact 'major'/],
    streaming: [/streaming program is writing/, /closed its transactions/],
    cleaned: [/compacted together with writes that are not finished/, /open transactions have ended/],
    mm_parquet: [/hides the rows of mm_parquet .* HIVEMANAGEDINSERTREAD/, /HIVEFULLACIDREAD/],
    major: [/only ORC can hold updates/, /create external table/],
  };
  for (const [name, [message, hint]] of Object.entries(expected)) {
    const outcome = outcomes.get(name);
    assert.equal(outcome?.outcome, "failed", name);
    assert.match(outcome?.error?.message ?? "", message);
    assert.match(outcome?.error?.hint ?? "", hint);
  }
  metastore.refused.add("get_valid_write_ids");
  const old = await ingest({ database, tables: ["cleaned"] }, { settings });
  assert.match(old.outcomes.get("cleaned")?.error?.message ?? "", /Hive 2 or older.*wrongly/);
  assert.equal(metastore.reading.size, 0);
});

function bytesBelow(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted()) {
    const path = join(folder, name);
    hash.update(name);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest("hex");
}
