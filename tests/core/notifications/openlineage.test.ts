import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { endEvent, runIdOf, startEvent } from "../../../core/notifications/openlineage.ts";
import { outcomeOf, recordOf } from "./record.ts";

// What OpenLineage 2-0-2 requires of a RunEvent, kept by hand: no package that can be installed here has the schema itself.
const facet = z.looseObject({ _producer: z.url(), _schemaURL: z.url() });
const facets = z.record(z.string(), facet);
const dataset = z.looseObject({ namespace: z.string(), name: z.string(), facets: facets.optional() });
const runEvent = z.object({
  eventType: z.enum(["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]),
  eventTime: z.iso.datetime(),
  producer: z.url(),
  schemaURL: z.url(),
  run: z.object({ runId: z.uuid(), facets }),
  job: z.object({ namespace: z.string(), name: z.string(), facets }),
  inputs: z.array(dataset.extend({ inputFacets: facets.optional() })),
  outputs: z.array(dataset.extend({ outputFacets: facets.optional() })),
});

const names = { namespace: "ns", typeOf: (id: string) => (id.endsWith("-aaaaaa") ? "ingest-hive" : undefined) };
const record = recordOf({ parent: "20261130T075900000Z-ingest-hive-aaaaaa", proofsSha256: "a".repeat(64) });

test("every event has what OpenLineage requires, and all of a job have one run", () => {
  const failed = recordOf({ status: "failed", error: { message: "x" }, tables: [outcomeOf({ outcome: "failed" })] });
  const events = [
    startEvent(record, names, record.startedAt),
    endEvent(record, names),
    endEvent(failed, names),
    endEvent(recordOf({ status: "cancelled", tables: [] }), names),
  ];
  assert.deepEqual(
    events.map(({ eventType }) => eventType),
    ["START", "COMPLETE", "FAIL", "ABORT"],
  );
  for (const event of events) {
    runEvent.parse(event);
    assert.equal(event.run.runId, runIdOf(record.id));
  }
  assert.notEqual(runIdOf(`${record.id}-1`), runIdOf(record.id));
});

test("a table that was written carries its proof, its version and its figures; one that failed is no output", () => {
  const { inputs, outputs, run } = endEvent(record, names);
  assert.deepEqual(
    inputs.map(({ name }) => name),
    ["sales.orders"],
  );
  const [{ name, facets: all, outputFacets } = assert.fail()] = outputs;
  assert.equal(name, "lake.sales_iceberg.orders");
  assert.equal(all.version?.datasetVersion, "22");
  const { _producer, _schemaURL, ...proof } = all.dataOperationsPortal_proof ?? assert.fail();
  assert.deepEqual(proof, {
    ...{ source: "sales.orders", level: "read-back", verdict: "equal", sourceSnapshot: "11", targetSnapshot: "22" },
    ...{ recordHash: record.hash, proofsSha256: record.proofsSha256 },
  });
  assert.deepEqual([outputFacets?.outputStatistics?.rowCount, outputFacets?.outputStatistics?.size], [12, 3456]);
  assert.deepEqual(run.facets.parent?.run, { runId: runIdOf(record.parent ?? "") });
  assert.deepEqual(
    run.facets.parent?.job,
    { namespace: "ns", name: "ingest-hive" },
    "as the parent's own events name it",
  );
  const failed = endEvent(recordOf({ status: "failed", tables: [outcomeOf({ outcome: "failed" })] }), names);
  assert.deepEqual(failed.outputs, []);
});
