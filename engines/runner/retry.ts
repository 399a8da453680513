import type { JobFile } from "../../core/jobs/envelope.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { jobTypes } from "../list.ts";

/** Which tables a retry takes: those that did not succeed, those of them that the plan did not refuse, or all. */
export type RetryScope = "failed" | "possible" | "all";

/** The job file that runs a job again. Undefined if none of its tables is left to do. */
export function retryFile(record: JobRecord, scope: RetryScope): JobFile | undefined {
  const { maxAttempts, timeoutMinutes, priority, note } = record.job as Partial<JobFile>;
  const parameters = scope === "all" ? record.parameters : parametersOfRest(record, scope);
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

/** The tables of a job that a retry takes. */
export function unfinishedTables(tables: JobRecord["tables"]): JobRecord["tables"] {
  return tables.filter(table => table.outcome === "failed" || table.outcome === "cancelled");
}

// Skipped tables stay out: a table that can't be converted is skipped under `*` but fails a job that names it. A job that ended
// without outcomes is repeated whole.
function parametersOfRest(
  { type, status, tables, parameters }: JobRecord,
  scope: "failed" | "possible",
): Record<string, unknown> | undefined {
  const rest = unfinishedTables(tables).filter(({ error }) => scope === "failed" || !error?.refused);
  const nothing = tables.length > 0 ? rest.length === 0 : status === "succeeded";
  if (nothing) return undefined;
  const known = Object.hasOwn(jobTypes, type) ? jobTypes[type] : undefined;
  if (!known?.retryParameters || rest.length === 0 || rest.length === tables.length) return parameters;
  return known.retryParameters(
    parameters,
    // A table is known by its last name; whatever else a job works on, by its whole one.
    rest.map(({ table }) => (known.itemNoun ? table : table.slice(table.lastIndexOf(".") + 1))),
  );
}
