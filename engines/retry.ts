import type { JobFile } from "../jobs/envelope.ts";
import type { JobRecord } from "../jobs/record.ts";
import { jobTypes } from "./list.ts";

/** The job file that runs a job again: with the tables that did not succeed, or with all. Undefined if none is left. */
export function retryFile(record: JobRecord, all: boolean): JobFile | undefined {
  const { maxAttempts, timeoutMinutes, priority, note } = record.job as Partial<JobFile>;
  const parameters = all ? record.parameters : parametersOfRest(record);
  if (!parameters) return undefined;
  return {
    type: record.type,
    parameters,
    ...(record.then && record.then.length > 0 && { then: record.then as NonNullable<JobFile["then"]> }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
    ...(priority !== undefined && { priority }),
    ...(note !== undefined && { note }),
    retryOf: record.id,
  };
}

// Skipped tables stay out: named in a new job, what can't be converted would fail it. Without tables all is to do.
function parametersOfRest({ type, status, tables, parameters }: JobRecord): Record<string, unknown> | undefined {
  const rest = tables.filter(table => table.outcome === "failed" || table.outcome === "cancelled");
  const nothing = tables.length > 0 ? rest.length === 0 : status === "succeeded";
  if (nothing) return undefined;
  const known = Object.hasOwn(jobTypes, type) ? jobTypes[type] : undefined;
  if (!known?.only || rest.length === 0 || rest.length === tables.length) return parameters;
  return known.only(
    parameters,
    // A table is known by its last name; whatever else a job works on, by its whole one.
    rest.map(({ table }) => (known.thing ? table : table.slice(table.lastIndexOf(".") + 1))),
  );
}
