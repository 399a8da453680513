import assert from "node:assert/strict";
import { test } from "node:test";
import type { IcebergTable, Snapshot } from "../../../connectors/iceberg/iceberg.ts";
import { copiedColumns, orderLike } from "../../../connectors/iceberg/layout/columns.ts";
import { lostNotes } from "../../../connectors/iceberg/layout/own-types.ts";
import { ownNames } from "../../../connectors/iceberg/layout/partition-names.ts";
import { sortOrderOf } from "../../../connectors/iceberg/layout/sort-order.ts";
import { type DataType, ddl } from "../../../connectors/spark/protocol/types.ts";
import { databaseOf, type IngestHive, ingestHive, ingestNamespace } from "../../../engines/ingest-hive/parameters.ts";
import { schemaRefusal } from "../../../engines/ingest-hive/refusals.ts";
import {
  type MigrateIceberg,
  migrateNamespace as migratedInto,
  migrateIceberg,
} from "../../../engines/migrate-iceberg/parameters.ts";
import { nothing } from "../../../engines/table-copy/move.ts";
import { decideTarget } from "../../../engines/table-copy/target.ts";

test("a sort order is read as Iceberg prints it, a truncation with its width last", () => {
  const order = (text: string, ...names: string[]) =>
    sortOrderOf(
      { "sort-order": text },
      names.map(name => ({ name })),
    );
  assert.deepEqual(order("truncate(v, 2) ASC NULLS FIRST", "v"), ["truncate(2, `v`) ASC NULLS FIRST"]);
  assert.deepEqual(order("truncate(a, b, 20) DESC NULLS LAST, id ASC NULLS FIRST", "a, b", "id"), [
    "truncate(20, `a, b`) DESC NULLS LAST",
    "`id` ASC NULLS FIRST",
  ]);
  assert.deepEqual(order("truncate(s.x, 3) ASC NULLS FIRST, bucket(4, v) ASC NULLS FIRST", "s", "v"), [
    "truncate(3, `s`.`x`) ASC NULLS FIRST",
    "bucket(4, `v`) ASC NULLS FIRST",
  ]);
  assert.deepEqual(order("truncate(x, 3) ASC NULLS FIRST", "truncate(x, 3)"), ["`truncate(x, 3)` ASC NULLS FIRST"]);
  assert.deepEqual(order("days(at) ASC NULLS FIRST, hours(at) DESC NULLS LAST", "at"), [
    "days(`at`) ASC NULLS FIRST",
    "hours(`at`) DESC NULLS LAST",
  ]);
});

test("partition fields have the names that Iceberg gives, or names of their own", () => {
  assert.deepEqual(ownNames(["days(ts)"], ["the_day"]), ["the_day"]);
  assert.deepEqual(ownNames(["days(ts)"], ["ts_day"]), [undefined]);
  assert.deepEqual(ownNames(["bucket(4, id)", "truncate(3, `a b`)", "region"], ["id_bucket", "a b_trunc", "region"]), [
    ...[undefined, undefined, undefined],
  ]);
  assert.deepEqual(ownNames(["bucket(4, id)", "days(ts)", "region"], ["shard", "ts_day", "region"]), [
    ...["shard", undefined, undefined],
  ]);
  assert.deepEqual(ownNames(["bucket(4, id)"], ["id_bucket_4"]), ["id_bucket_4"]);
  assert.deepEqual(ownNames(["region"], ["the_region"]), ["the_region"]);
  assert.deepEqual(ownNames(["days(ts)"], ["old", "the_day"]), [undefined], "fields of an earlier partitioning");
});

const column = (text: string) => {
  const [name = "", kind = ""] = text.split(" ");
  return { name, type: { kind } as DataType, nullable: true };
};
const columns = (...texts: string[]) => copiedColumns({ kind: "struct", fields: texts.map(column) });
const text = (found: ReturnType<typeof columns>) =>
  found.map(({ name, target }) => `${name} ${ddl(target)}`).join(", ");

test("a renamed column takes the place of the one it was, others stay, new ones come last", () => {
  const facts: [string, string[], string[], string][] = [
    [
      "the middle one",
      ["a long", "b2 date", "c string"],
      ["a long", "b date", "c string"],
      "a bigint, b2 date, c string",
    ],
    ["the first", ["x long", "b date"], ["a long", "b date"], "x bigint, b date"],
    ["the last", ["a long", "y date"], ["a long", "b date"], "a bigint, y date"],
    ["two at once", ["x long", "y string", "c date"], ["a long", "b string", "c date"], "x bigint, y string, c date"],
    [
      "one renamed and one more",
      ["a long", "b2 date", "c string", "d long"],
      ["a long", "b date", "c string"],
      "a bigint, b2 date, c string, d bigint",
    ],
    ["one more in the middle", ["a long", "n date", "b string"], ["a long", "b string"], "a bigint, b string, n date"],
    [
      "renamed, and moved by Hive",
      ["c string", "a long", "b2 date"],
      ["a long", "b date", "c string"],
      "a bigint, b2 date, c string",
    ],
    [
      "renamed to another type",
      ["a long", "b2 string", "c long"],
      ["a long", "b date", "c long"],
      "a bigint, c bigint, b2 string",
    ],
  ];
  for (const [what, now, before, expected] of facts)
    assert.equal(text(orderLike(columns(...now), columns(...before))), expected, what);
});

test("names fold as Hive folds them: one database, one namespace of the lake, one target", () => {
  const read = (given: object) => ingestHive.shape.parse(given) as unknown as IngestHive;
  const parameters = read({ database: "Hunt", tables: ["Orders"] });
  const other = read({ database: "hunt", tables: ["orders"], namespace: "HUNT_ICEBERG" });
  assert.equal(databaseOf(parameters), "hunt");
  assert.equal(ingestNamespace(parameters), "hunt_iceberg");
  assert.deepEqual(ingestHive.writes(parameters, {} as never), ingestHive.writes(other, {} as never));
  const migrate = (given: object) =>
    migratedInto(migrateIceberg.shape.parse({ tables: ["T"], ...given }) as unknown as MigrateIceberg);
  assert.equal(migrate({ namespace: "Hunt_Iceberg" }), "hunt_iceberg");
  assert.equal(migrate({ namespace: "Hunt_Iceberg", from: "glue" }), "Hunt_Iceberg", "other catalogs tell names apart");
  assert.equal(migrate({ namespace: "x", targetNamespace: "Own" }), "Own");
});

test("columns of names that Iceberg keeps for itself are refused, with the view that renames them", () => {
  for (const name of ["_file", "_pos", "_spec_id", "_partition", "_deleted", "_row_id", "_FILE"]) {
    const refused = schemaRefusal("sales", "orders", {
      kind: "struct",
      fields: [column("id long"), column(`${name} string`)],
    });
    assert.match(refused?.message ?? "", new RegExp(`Iceberg keeps the name ${name} of orders for itself`));
    assert.match(
      refused?.sql ?? "",
      new RegExp(`^create view \`sales\`\\.\`orders_view\` as\nselect \`id\`,\n {2}\`${name}\` as \`\\w+\``),
    );
  }
  const both = schemaRefusal("s", "t", {
    kind: "struct",
    fields: [column("file string"), column("_file string"), column("span calendar_interval")],
  });
  assert.equal(
    both?.sql,
    "create view `s`.`t_view` as\nselect `file`,\n  `_file` as `file_2`,\n  cast(`span` as string) as `span`\nfrom `s`.`t`",
  );
  assert.equal(
    schemaRefusal("s", "t", { kind: "struct", fields: [column("_files string"), column("pos long")] }),
    undefined,
  );
});

test("what Iceberg's own schema has and a copy has not is told", () => {
  const schemas = JSON.stringify([
    { "schema-id": 0, fields: [{ name: "old", type: "uuid" }] },
    {
      "schema-id": 1,
      fields: [
        { name: "id", type: "uuid", "write-default": "f79c3e09-677c-4bbd-a479-3f349cb785e7" },
        { name: "n", type: "int", "initial-default": 1, "write-default": 0 },
        {
          name: "s",
          type: {
            type: "struct",
            fields: [
              { name: "u", type: "uuid" },
              { name: "f", type: "fixed[16]" },
            ],
          },
        },
        { name: "l", type: { type: "list", element: "uuid" } },
        { name: "m", type: { type: "map", key: "string", value: "uuid" } },
        { name: "plain", type: "string", "write-default": null },
      ],
    },
  ]);
  assert.deepEqual(lostNotes(schemas, "1"), [
    'column id: the default "f79c3e09-677c-4bbd-a479-3f349cb785e7" for rows to come is not kept',
    "column id: uuid becomes string",
    "column n: the default 0 for rows to come is not kept",
    "column s.u: uuid becomes string",
    "column s.f: fixed[16] becomes binary",
    "column l.element: uuid becomes string",
    "column m.value: uuid becomes string",
  ]);
});

test("a compaction by others is no change, rows of others are", () => {
  const snapshot = (job?: string): Snapshot => ({
    id: "1",
    at: "2026-01-01",
    summary: job ? { "portal.job": job } : {},
  });
  const existing = (lastChange: Snapshot | undefined): IcebergTable => ({
    ...{ properties: { "portal.source": "hive.Hunt.t" }, partitioning: [], columnComments: {}, location: "" },
    current: { ...snapshot(), operation: "replace" },
    ...(lastChange && { lastChange }),
  });
  const decided = (table: IcebergTable) => {
    const target = { catalog: "lake", namespace: "hunt_iceberg", table: "t" };
    const step = {
      table: "hive.hunt.t",
      target: "lake.hunt_iceberg.t",
      detail: { ...nothing(target), existing: table },
    };
    return decideTarget(step, "replace-own", "", error => ({ ...step, action: "refuse", why: error.message })).action;
  };
  assert.equal(decided(existing(snapshot("job"))), "replace");
  assert.equal(decided(existing(snapshot())), "refuse");
  assert.equal(decided(existing(undefined)), "refuse", "what was there before is not known any more");
});
