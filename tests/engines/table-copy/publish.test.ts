import assert from "node:assert/strict";
import { test } from "node:test";
import type { IcebergTable } from "../../../connectors/iceberg/iceberg.ts";
import { figureExpressions } from "../../../engines/table-copy/proof-figures.ts";
import {
  chooseWay,
  observedMetrics,
  staleProperties,
  type WayToPublish,
  type Write,
} from "../../../engines/table-copy/publish.ts";

const COLUMNS: Write["columns"] = [
  { name: "id", source: { kind: "long" }, target: { kind: "long" } },
  { name: "day", source: { kind: "date" }, target: { kind: "date" } },
];
const BY_ID = "`id` ASC NULLS FIRST";
const BY_DAY = "`day` DESC NULLS LAST";

interface Case {
  /** Its sort order as Iceberg tells it; undefined where there is no table. */
  existing?: { "sort-order"?: string };
  sameLayout?: boolean;
  orderedBy?: string[];
  way: WayToPublish;
}

const CASES: Readonly<Record<string, Case>> = {
  "a table that is not there is created, then written on a branch": { way: "create" },
  "a table that is not there is created with its sort order": { orderedBy: [BY_ID], way: "create" },
  "a table that is not there is created though no layout is the same as none": { sameLayout: false, way: "create" },
  "a table that stays as it is is written on a branch": { existing: {}, way: "branch" },
  "a table whose sort order stays is written on a branch": {
    existing: { "sort-order": "id ASC NULLS FIRST, day DESC NULLS LAST" },
    orderedBy: [BY_ID, BY_DAY],
    way: "branch",
  },
  "a table that has no sort order yet is given one first": { existing: {}, orderedBy: [BY_ID], way: "reorder" },
  "a table that loses its sort order is told so first": {
    existing: { "sort-order": "id ASC NULLS FIRST" },
    way: "reorder",
  },
  "a table whose columns are sorted the other way round is given the new order first": {
    existing: { "sort-order": "id DESC NULLS FIRST" },
    orderedBy: [BY_ID],
    way: "reorder",
  },
  "a table that is sorted by the same columns in another order is given the new order first": {
    existing: { "sort-order": "day DESC NULLS LAST, id ASC NULLS FIRST" },
    orderedBy: [BY_ID, BY_DAY],
    way: "reorder",
  },
  "a table whose layout changes is replaced": { existing: {}, sameLayout: false, way: "replace" },
  "a table whose layout and sort order change is replaced": {
    existing: {},
    sameLayout: false,
    orderedBy: [BY_ID],
    way: "replace",
  },
};

for (const [name, { existing, sameLayout = true, orderedBy = [], way }] of Object.entries(CASES))
  test(name, () => {
    const found = existing && { existing: tableWith(existing) };
    assert.equal(chooseWay({ ...found, sameLayout, columns: COLUMNS, orderedBy }), way);
  });

const FIGURES = figureExpressions(COLUMNS);
// As text, since Spark 4.0 can't send an array that is observed.
const FILES = "to_json(transform(collect_set(portal_source_file), file -> cast(file as string))) as files";
const METRICS: Readonly<Record<string, [verify: Write["verify"], checksFiles: boolean, metrics: string[]]>> = {
  "a copy that is read back counts the figures of the proof": ["read-back", false, FIGURES],
  "a copy that is read back and whose files are checked counts both": ["read-back", true, [...FIGURES, FILES]],
  "a copy that is proven by metadata counts rows only": ["metadata", false, ["count(*) as rows"]],
  "a copy that is proven by metadata counts the files that are checked": [
    "metadata",
    true,
    ["count(*) as rows", FILES],
  ],
  "a copy that is not proven counts only the files that are checked": ["none", true, [FILES]],
  "a copy that is not proven and whose files are not checked still has something to count": [
    "none",
    false,
    ["count(*) as rows"],
  ],
};

for (const [name, [verify, checksFiles, metrics]] of Object.entries(METRICS))
  test(name, () => {
    const checkFiles = checksFiles && { checkFiles: async () => {} };
    assert.deepEqual(observedMetrics({ verify, columns: COLUMNS, ...checkFiles }), metrics);
  });

const WANTED = { "portal.source": "hive.sales.orders", "format-version": "2" };
const PROPERTIES: Readonly<Record<string, [found: Record<string, string> | undefined, stale: [string, string][]]>> = {
  "a table that was created has its properties already": [undefined, []],
  "a table that has the properties keeps them": [{ ...WANTED, owner: "ada" }, []],
  "a property that has another value is set": [
    { ...WANTED, "portal.source": "hive.sales.old" },
    [["portal.source", "hive.sales.orders"]],
  ],
  "properties that are missing are set": [{ owner: "ada" }, Object.entries(WANTED)],
};

for (const [name, [found, stale]] of Object.entries(PROPERTIES))
  test(name, () => {
    const existing = found && { existing: tableWith(found) };
    assert.deepEqual(staleProperties({ ...existing, properties: WANTED }), stale);
  });

function tableWith(properties: Record<string, string>): IcebergTable {
  return { properties, partitioning: [], columnComments: {} };
}
