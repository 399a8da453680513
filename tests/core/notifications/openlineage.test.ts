import assert from "node:assert/strict";
import { test } from "node:test";
import { endEvent, type RunEvent, runIdOf, startEvent } from "../../../core/notifications/openlineage.ts";
import { refusedBySchema } from "./openlineage-schema.ts";
import { outcomeOf, recordOf } from "./record.ts";

const names = { namespace: "ns", typeOf: (id: string) => (id.endsWith("-aaaaaa") ? "ingest-hive" : undefined) };
const record = recordOf({ parent: "20261130T075900000Z-ingest-hive-aaaaaa", proofsSha256: "a".repeat(64) });

test("every event and each of its facets holds to the schema of OpenLineage, and all of a job have one run", () => {
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
    assert.deepEqual(refusedBySchema(event), []);
    assert.equal(event.run.runId, runIdOf(record.id));
  }
  assert.notEqual(runIdOf(`${record.id}-1`), runIdOf(record.id));
});

test("what the schema of OpenLineage does not allow is found, in an event and in a facet", () => {
  const wrong = (change: (event: RunEvent) => void) => {
    const event = structuredClone(endEvent(record, names));
    change(event);
    return refusedBySchema(event).join("\n");
  };
  const broken: [(event: RunEvent) => void, RegExp][] = [
    [({ run }) => Object.assign(run, { runId: "7" }), /runId must match format "uuid"/],
    [event => Object.assign(event, { eventTime: "yesterday" }), /eventTime must match format "date-time"/],
    [({ job }) => Object.assign(job, { name: undefined }), /job must have required property 'name'/],
    [
      ({ outputs }) => Object.assign(outputs[0]!.facets.dataOperationsPortal_proof!, { _producer: 1 }),
      /_producer must be/,
    ],
    [
      ({ outputs }) => Object.assign(outputs[0]!.outputFacets!.outputStatistics!, { rowCount: "12" }),
      /rowCount must be/,
    ],
    [({ job }) => Object.assign(job.facets, { kind: job.facets.jobType }), /JobTypeJobFacet\.json has no kind/],
    [({ job }) => Object.assign(job.facets.jobType!, { integration: 1 }), /integration must be string/],
    [({ run }) => Object.assign(run.facets.parent!, { run: {} }), /must have required property 'runId'/],
  ];
  for (const [change, refusal] of broken) assert.match(wrong(change), refusal);
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
