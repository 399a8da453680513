import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriftFact } from "../../../core/jobs/outcome.ts";
import { lineageOf, type StationFacts, type TableWrite } from "../../../core/stations/lineage.ts";

const at = (hour: number) => `2026-11-03T${String(hour).padStart(2, "0")}:00:00.000Z`;
const equal = { level: "read-back", verdict: "equal" } as const;

function copy(hour: number, more: Partial<TableWrite> = {}): Pick<StationFacts, "write" | "move"> {
  const ends = { job: `job${hour}`, type: "migrate-iceberg", by: "ada", source: "", finishedAt: at(hour) };
  const write = { ...ends, startedAt: at(hour - 1), sourceSnapshot: "1", targetSnapshot: "1", proof: equal, ...more };
  return { write, move: write };
}

const drift = (hour: number, more: Partial<DriftFact> = {}): DriftFact => ({ at: at(hour), there: true, ...more });
const lake = (more: Partial<StationFacts> = {}): StationFacts => ({ name: "lake.sales.orders", ...more });
const azure = (more: Partial<StationFacts> = {}): StationFacts => ({ name: "azure.sales.orders", ...copy(5), ...more });
const snowflake = (more: Partial<StationFacts> = {}): StationFacts => ({
  name: "snowflake.LAKE.SALES.ORDERS",
  ...copy(6, { type: "register-snowflake", metadataFile: "abfss://c@a/w/sales/orders/metadata/1.json" }),
  ...more,
});
const saying = (...facts: StationFacts[]) => {
  const lineage = lineageOf(facts);
  return [lineage?.state, lineage?.words];
};

test("a copy that was proven stands as long as nothing newer is known of its source", () => {
  assert.deepEqual(saying(lake(), azure()), ["current", "up to date"]);
  assert.deepEqual(saying(lake({ drift: drift(7, { snapshot: "1" }) }), azure()), ["current", "up to date"]);
  // What was seen before the copy says nothing of it.
  assert.deepEqual(saying(lake({ drift: drift(4, { snapshot: "0" }) }), azure()), ["current", "up to date"]);
});

test("a source that has newer snapshots is so many ahead, and one that only rewrote files is not", () => {
  const ahead = (behind?: DriftFact["behind"]) =>
    saying(lake({ drift: drift(7, { snapshot: "9", ...(behind && { behind }) }) }), azure());
  assert.deepEqual(ahead({ "1": 3 }), ["behind", "3 snapshots behind"]);
  assert.deepEqual(ahead({ "1": 1 }), ["behind", "1 snapshot behind"]);
  assert.deepEqual(ahead({ "1": 0 }), ["current", "up to date"]);
  assert.deepEqual(ahead(), ["behind", "behind: what was copied is no longer in its source's history"]);
});

test("a Hive table is behind once it was changed in the second in which the copy began, or later", () => {
  const hive = (changedAt: string) =>
    saying(
      { name: "hive.sales.orders", drift: drift(7, { changedAt }) },
      lake(copy(5, { startedAt: "2026-11-03T04:00:00.700Z" })),
    );
  assert.equal(hive("2026-11-03T03:59:59.000Z")[0], "current");
  assert.deepEqual(hive("2026-11-03T04:00:00.000Z"), ["behind", "behind: its source was changed since"]);
});

test("a station behind one that a job wrote later is behind, whoever looks", () => {
  const written = copy(8, { targetSnapshot: "2" });
  assert.deepEqual(saying(lake(), azure(written), snowflake()), ["behind", "Snowflake stands on an older file"]);
  assert.equal(saying(lake(), azure(copy(8, { targetSnapshot: "1" })), snowflake())[0], "current");
});

test("Snowflake is behind where it stands on another file than was registered, unless that is the newest", () => {
  const file = (n: number) => `azure://a.blob.core.windows.net/c/w/sales/orders/metadata/${n}.json`;
  const standing = (own: number, snapshot?: string) =>
    saying(
      lake(),
      azure({ drift: drift(7, { snapshot: "1" }) }),
      snowflake({ drift: drift(7, { metadataFile: file(own), ...(snapshot && { snapshot }) }) }),
    );
  assert.equal(standing(1)[0], "current");
  assert.deepEqual(standing(0, "0"), ["behind", "Snowflake stands on an older file"]);
  assert.deepEqual(standing(0), ["behind", "Snowflake stands on another file"]);
  assert.equal(standing(2, "1")[0], "current");
  const ahead = azure({ drift: drift(7, { snapshot: "9", behind: { "1": 2 }, metadataFile: file(3) }) });
  assert.deepEqual(saying(lake(), ahead, snowflake())[1], "Snowflake stands on an older file, 2 snapshots behind");
});

test("what was never proven says so, also where it is behind as well", () => {
  const none = { level: "none", verdict: "not checked" } as const;
  const unproven = azure(copy(5, { proof: none }));
  assert.deepEqual(saying(lake(), unproven), ["unproven", "never proven"]);
  assert.deepEqual(saying(lake(), { ...unproven, everProven: true }), ["unproven", "last copy not proven"]);
  const ahead = lake({ drift: drift(7, { snapshot: "9", behind: { "1": 2 } }) });
  assert.deepEqual(saying(ahead, unproven), ["behind", "2 snapshots behind, never proven"]);
  // A comparison proves without a copy, and one that finds a difference outweighs an older proof.
  const compared = (verdict: "equal" | "differs") => ({
    compared: { job: "c", finishedAt: at(6), proof: { level: "compared", verdict } as const },
  });
  assert.equal(saying(lake(), { ...unproven, ...compared("equal") })[0], "current");
  assert.deepEqual(saying(lake(), azure(compared("differs"))), ["failed", "differs from its source"]);
});

test("a table that is gone, a copy that failed and one that was never made are told", () => {
  const gone = drift(7, { there: false });
  assert.deepEqual(saying(lake({ drift: gone }), azure()), ["gone", "source gone"]);
  assert.deepEqual(saying(lake(), azure({ drift: gone })), ["gone", "gone: dropped since it was copied"]);
  assert.deepEqual(saying(lake(), azure({ drift: drift(4, { there: false }) }))[0], "current");
  assert.deepEqual(saying(lake(), azure({ failure: { job: "f" } })), ["failed", "the last copy failed"]);
  const next = { failedNext: { job: "f", target: "lake.sales_iceberg.orders" } };
  assert.deepEqual(saying({ name: "hive.sales.orders", ...next }), ["failed", "the copy to lake failed"]);
  assert.deepEqual(saying({ name: "hive.sales.orders", drift: drift(7) }), ["new", "never copied"]);
});

test("a lineage was seen when the station that was looked at longest ago was, and not at all where one never was", () => {
  const seen = (a?: number, b?: number) =>
    lineageOf([lake(a ? { drift: drift(a) } : {}), azure(b ? { drift: drift(b) } : {})])?.seen;
  assert.equal(seen(7, 8), at(7));
  assert.equal(seen(7), undefined);
});
