import { createHash } from "node:crypto";
import type { Outcome } from "../jobs/outcome.ts";
import type { JobRecord } from "../jobs/record.ts";

/** A RunEvent as OpenLineage 2-0-2 has it: https://openlineage.io/spec/2-0-2/OpenLineage.json */
export interface RunEvent {
  eventType: "START" | "COMPLETE" | "FAIL" | "ABORT";
  eventTime: string;
  producer: string;
  schemaURL: string;
  run: { runId: string; facets: Record<string, Facet> };
  job: { namespace: string; name: string; facets: Record<string, Facet> };
  inputs: Dataset[];
  outputs: Dataset[];
}

interface Dataset {
  namespace: string;
  name: string;
  facets: Record<string, Facet>;
  outputFacets?: Record<string, Facet>;
}

type Facet = { _producer: string; _schemaURL: string } & Record<string, unknown>;

const PRODUCER = "urn:data-operations-portal:0.1.0";
const SPEC = "https://openlineage.io/spec";
const RUN_EVENT = `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`;

/** What is known of a job when it starts. */
export type StartedJob = Pick<JobRecord, "id" | "type" | "submittedBy"> & Partial<Pick<JobRecord, "parent">>;

/** Where jobs have their names: a namespace, and the type of an earlier job, undefined where nobody knows it. */
export interface JobNames {
  namespace: string;
  typeOf(id: string): string | undefined;
}

/** The event of a job's start. Its tables are not known before it has planned; the event of its end names them. */
export function startEvent(job: StartedJob, names: JobNames, at: string): RunEvent {
  return {
    ...{ eventType: "START", eventTime: at, producer: PRODUCER, schemaURL: RUN_EVENT },
    run: { runId: runIdOf(job.id), facets: runFacets(job, names) },
    job: jobOf(job, names),
    ...{ inputs: [], outputs: [] },
  };
}

/** The event of a job's end: tables read and written, with the proof of each that was written. */
export function endEvent(record: JobRecord, names: JobNames): RunEvent {
  const { namespace } = names;
  const { status, finishedAt, tables, error } = record;
  const message =
    error && facet("1-0-1", "ErrorMessageRunFacet", { message: error.message, programmingLanguage: "SQL" });
  return {
    eventType: status === "succeeded" ? "COMPLETE" : status === "cancelled" ? "ABORT" : "FAIL",
    ...{ eventTime: finishedAt, producer: PRODUCER, schemaURL: RUN_EVENT },
    run: {
      runId: runIdOf(record.id),
      facets: { ...runFacets(record, names), ...(message && { errorMessage: message }) },
    },
    job: jobOf(record, names),
    inputs: tables.map(outcome => input(outcome, namespace)),
    outputs: tables
      .filter(({ target, outcome }) => target && outcome === "succeeded")
      .map(outcome => output(outcome, record, namespace)),
  };
}

/** The run of a job: a UUID made of its id, so that every event of the job has the same one, after a crash too. */
export function runIdOf(id: string): string {
  const bytes = createHash("sha256").update(`data-operations-portal ${id}`).digest().subarray(0, 16);
  // Version 8 of RFC 9562: made by a rule of one's own.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function jobOf({ type }: StartedJob, { namespace }: JobNames): RunEvent["job"] {
  const jobType = {
    processingType: type.startsWith("stream-") ? "STREAMING" : "BATCH",
    integration: "SPARK",
    jobType: "JOB",
  };
  return { namespace, name: type, facets: { jobType: facet("2-0-3", "JobTypeJobFacet", jobType) } };
}

function runFacets({ id, submittedBy, parent }: StartedJob, { namespace, typeOf }: JobNames): Record<string, Facet> {
  const portal = own("RunFacet", { jobId: id, submittedBy });
  if (!parent) return { dataOperationsPortal_run: portal };
  const before = { run: { runId: runIdOf(parent) }, job: { namespace, name: typeOf(parent) ?? parent } };
  return { dataOperationsPortal_run: portal, parent: facet("1-0-1", "ParentRunFacet", before) };
}

function input({ table, sourceSnapshot }: Outcome, namespace: string): Dataset {
  return { namespace, name: table, facets: version(sourceSnapshot) };
}

function output(outcome: Outcome, { hash, proofsSha256 }: JobRecord, namespace: string): Dataset {
  const { target, table, targetSnapshot, sourceSnapshot, proof, rows, bytes } = outcome;
  const proven = proof && {
    dataOperationsPortal_proof: own("ProofDatasetFacet", {
      ...{ source: table, ...proof },
      ...(sourceSnapshot && { sourceSnapshot }),
      ...(targetSnapshot && { targetSnapshot }),
      ...{ recordHash: hash, proofsSha256: proofsSha256 ?? null },
    }),
  };
  const counted = {
    ...(rows !== undefined && { rowCount: Number(rows) }),
    ...(bytes !== undefined && { size: Number(bytes) }),
  };
  const statistics = facet("1-0-2", "OutputStatisticsOutputDatasetFacet", counted);
  return {
    ...{ namespace, name: target, facets: { ...version(targetSnapshot), ...proven } },
    ...(Object.keys(counted).length > 0 && { outputFacets: { outputStatistics: statistics } }),
  };
}

function version(snapshot: string | undefined): Record<string, Facet> {
  return snapshot ? { version: facet("1-0-1", "DatasetVersionDatasetFacet", { datasetVersion: snapshot }) } : {};
}

function facet(version: string, name: string, content: Record<string, unknown>): Facet {
  return { _producer: PRODUCER, _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`, ...content };
}

// OpenLineage asks for a prefix of one's own; what is in these facets is described in docs/operations.md.
function own(name: string, content: Record<string, unknown>): Facet {
  return { _producer: PRODUCER, _schemaURL: `urn:data-operations-portal:facet:${name}:1`, ...content };
}
