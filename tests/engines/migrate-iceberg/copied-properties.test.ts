import assert from "node:assert/strict";
import { test } from "node:test";
import { keptProperties } from "../../../engines/migrate-iceberg/copied-properties.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole } from "../lake.ts";

/** What a source may have that its copy can't. */
const UNFIT = {
  "write.parquet.compression-codec": "lz4",
  "write.parquet.compression-level": "9",
  "write.delete.parquet.compression-codec": "brotli",
  "write.location-provider.impl": "com.example.Provider",
  "write.metadata.compression-codec": "gzip",
  "write.target-file-size-bytes": "512m",
  "write.parquet.row-group-size-bytes": "4294967296",
  "write.summary.partition-limit": "many",
  "write.delete.mode": "sometimes",
  "read.split.target-size": "128 MB",
  "encryption.key-id": "key",
  "write.metadata.metrics.column.gone": "full",
};
const FIT = {
  "write.metadata.metrics.column.place.x": "full",
  "write.merge.mode": "merge-on-read",
  "commit.retry.num-retries": "7",
  "history.expire.max-snapshot-age-ms": "432000000000",
  "write.object-storage.enabled": "true",
  "a note": "lz4",
};
const STRUCT = { kind: "struct" as const, fields: [{ name: "x", type: { kind: "integer" as const }, nullable: true }] };
const columns = [{ name: "place", source: STRUCT, target: STRUCT }];

test("properties that the copy can't have are left out and noted, the others stay", () => {
  const { properties, notes } = keptProperties({ ...UNFIT, ...FIT }, { columns });
  assert.deepEqual(properties, { ...FIT, "write.format.default": "parquet" });
  for (const [key, value] of Object.entries(UNFIT))
    if (key !== "write.parquet.compression-level")
      assert.ok(
        notes.some(note => note.startsWith(`${key} = ${value} is left out: `)),
        key,
      );
});

test("a codec that every reader has stays, however it is written", () => {
  for (const codec of ["zstd", "SNAPPY", "gzip", "uncompressed"]) {
    const given = { "write.parquet.compression-codec": codec, "write.parquet.compression-level": "9" };
    const { properties, notes } = keptProperties(given, { columns });
    assert.deepEqual([properties, notes], [{ ...given, "write.format.default": "parquet" }, []]);
  }
});

test("a table with such properties goes all the way to Snowflake", async t => {
  const lake: Namespace = await newNamespace(t);
  const table = `lake.${lake.namespace}.t`;
  // Written before they were set: with some of them the source takes no row any more, or can't be read itself.
  const impossible = ["encryption.key-id", "write.metadata.metrics.column.gone", "read.split.target-size"];
  const settable = Object.fromEntries(Object.entries(UNFIT).filter(([key]) => !impossible.includes(key)));
  const list = Object.entries({ ...settable, ...FIT }).map(([key, value]) => `'${key}' = '${value}'`);
  await lake.sql(
    `create table ${table} (id bigint, place struct<x: int>) using iceberg`,
    `insert into ${table} values (1, named_struct('x', 1))`,
    `alter table ${table} set tblproperties (${list.join(", ")})`,
  );
  const migrated = (await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["t"] })).get("t");
  assert.equal(migrated?.proof?.verdict, "equal", migrated?.error?.message);
  assert.match(migrated?.notes?.join("; ") ?? "", /compression-codec = lz4 is left out: not every reader has it/);
  const again = (await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["t"] })).get("t");
  assert.equal(again?.proof?.verdict, "equal", again?.error?.message);
  const asked = { namespace: lake.namespace, tables: ["t"], schema: lake.schema };
  const registered = (await runWhole("register-snowflake", asked)).get("t");
  assert.equal(registered?.proof?.verdict, "agrees", registered?.error?.message);
});
