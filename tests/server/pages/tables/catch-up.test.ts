import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lineage, LineageState, Station } from "../../../../core/stations/lineage.ts";
import { catchUp, type Earlier } from "../../../../server/pages/tables/catch-up.ts";

const PLACES = ["hive.sales", "lake.sales_iceberg", "azure.sales_iceberg", "snowflake.LAKE.SALES"];

/** A table's lineage, by the states of its stations. */
function lineage(table: string, states: readonly LineageState[], more: Partial<Station> = {}): Lineage {
  const stations = states.map((state, i): Station => {
    const place = PLACES[i]!;
    const name = `${place}.${place.startsWith("snowflake") ? table.toUpperCase() : table}`;
    return { name, state, words: state, ...(i > 0 && { copiedBy: `job-${i}` }) };
  });
  Object.assign(stations.at(-1)!, more);
  const worst = states.find(state => state !== "current") ?? "current";
  return { name: stations[0]!.name, last: stations.at(-1)!.name, state: worst, words: worst, stations };
}

const PARAMETERS: Readonly<Record<string, Record<string, unknown>>> = {
  "job-1": { database: "sales", tables: ["a"], verify: "none", ifExists: "fail", mode: "copy" },
  "job-2": { namespace: "sales_iceberg", tables: "*", history: "all", ifExists: "sync" },
  "job-3": { namespace: "sales_iceberg", database: "lake", schema: "sales" },
};
const earlier: Earlier = { parameters: job => PARAMETERS[job], model: () => undefined };

test("a table is copied again from the first station that is behind on to the last, as it was copied before", () => {
  const { jobs } = catchUp([lineage("orders", ["current", "behind", "current", "behind"])], earlier);
  assert.deepEqual(jobs, [
    {
      tables: ["snowflake.LAKE.SALES.ORDERS"],
      copies: [
        [{ table: "hive.sales.orders", target: "lake.sales_iceberg.orders" }],
        [{ table: "lake.sales_iceberg.orders", target: "azure.sales_iceberg.orders" }],
        [{ table: "azure.sales_iceberg.orders", target: "snowflake.LAKE.SALES.ORDERS" }],
      ],
      job: {
        type: "ingest-hive",
        parameters: { mode: "copy", database: "sales", namespace: "sales_iceberg", to: "lake", tables: ["orders"] },
        then: [
          { type: "migrate-iceberg", parameters: { history: "all", ifExists: "sync", to: "azure" } },
          { type: "register-snowflake", parameters: { database: "lake", schema: "sales" } },
        ],
      },
    },
  ]);
});

test("tables that go the same way share a job, and others have one of their own", () => {
  const { jobs } = catchUp(
    [
      lineage("a", ["current", "current", "behind"]),
      lineage("b", ["current", "current", "gone"]),
      lineage("c", ["current", "current", "current", "behind"]),
    ],
    earlier,
  );
  assert.deepEqual(
    jobs.map(({ job }) => [job.type, job.parameters.tables]),
    [
      ["migrate-iceberg", ["a", "b"]],
      ["register-snowflake", ["c"]],
    ],
  );
});

test("what is only unproven is compared and not copied again", () => {
  const { jobs } = catchUp([lineage("orders", ["current", "current", "unproven"])], earlier);
  const parameters = { left: "lake.sales_iceberg.orders", right: "azure.sales_iceberg.orders" };
  assert.deepEqual(jobs[0]?.job, { type: "compare-tables", parameters });
});

test("a copy that never arrived is made, and a new table goes the way of another one beside it", () => {
  const failed = { failedNext: { job: "job-2", target: "azure.sales_iceberg.orders" } };
  const [again] = catchUp([lineage("orders", ["current", "failed"], failed)], earlier).jobs;
  // The lake's own copy stands; only what never arrived is made.
  assert.deepEqual([again?.job.type, again?.job.then], ["migrate-iceberg", undefined]);
  const model = lineage("old", ["current", "current", "current"]);
  const [fresh] = catchUp([lineage("fresh", ["new"])], { ...earlier, model: () => model }).jobs;
  assert.deepEqual(
    [fresh?.job.type, fresh?.job.parameters.tables, fresh?.job.then?.map(({ type }) => type)],
    ["ingest-hive", ["fresh"], ["migrate-iceberg"]],
  );
  const [alone] = catchUp([lineage("fresh", ["new"])], earlier).jobs;
  assert.deepEqual([alone?.job.parameters.namespace, alone?.job.then], ["sales_iceberg", undefined]);
});

test("what is up to date or has no source any more is left out, with the reason", () => {
  const { jobs, left } = catchUp(
    [lineage("a", ["current", "current"]), lineage("b", ["gone", "behind"]), lineage("c", ["gone", "current"])],
    earlier,
  );
  assert.deepEqual(jobs, []);
  assert.deepEqual(
    left.map(({ why }) => why),
    [
      "It is up to date.",
      "hive.sales.b is gone, so there is nothing to copy.",
      "Its source is gone; what was copied stands as it is.",
    ],
  );
});
