import { parseArgs } from "node:util";
import { jobTypes } from "../engines/list.ts";
import type { JobFile } from "../jobs/envelope.ts";
import type { JobRecord } from "../jobs/record.ts";
import { EXIT } from "../jobs/states.ts";
import { CommandError } from "./failure.ts";
import { findTyped } from "./find.ts";
import { openProject } from "./open.ts";
import { submitAndTell } from "./submit.ts";

/** `retry <id> [--failed | --all] [--wait]`: a new job with the tables that did not succeed, or with all of them. */
export async function retry(words: string[]): Promise<number> {
  const options = { failed: { type: "boolean" }, all: { type: "boolean" }, wait: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  if (values.failed && values.all)
    throw new CommandError(
      "--failed takes the tables that did not succeed, --all takes every one: choose.",
      EXIT.badJob,
    );
  const { layout } = openProject();
  const found = findTyped(layout, positionals[0], "retry <id> [--all] [--wait]");
  if (found.state !== "ended")
    throw new CommandError(`${found.id} has not ended, it is ${found.state}: only what has ended can be run again.`);
  return await submitAndTell(layout, retryFile(found.record, values.all === true), values.wait === true);
}

/** The job file that runs a job again: with the tables that did not succeed, or with all. */
export function retryFile(record: JobRecord, all: boolean): JobFile {
  const { maxAttempts, timeoutMinutes, priority, note } = record.job as Partial<JobFile>;
  return {
    type: record.type,
    parameters: all ? record.parameters : parametersOfRest(record),
    ...(record.then && record.then.length > 0 && { then: record.then as NonNullable<JobFile["then"]> }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
    ...(priority !== undefined && { priority }),
    ...(note !== undefined && { note }),
    retryOf: record.id,
  };
}

// Skipped tables stay out: named in a new job, what can't be converted would fail it. Without tables all is to do.
function parametersOfRest({ id, type, status, tables, parameters }: JobRecord): Record<string, unknown> {
  const rest = tables.filter(table => table.outcome === "failed" || table.outcome === "cancelled");
  const nothing = tables.length > 0 ? rest.length === 0 : status === "succeeded";
  if (nothing)
    throw new CommandError(`Nothing is left to do of ${id}. To run the whole again: npm run job -- retry ${id} --all`);
  const known = Object.hasOwn(jobTypes, type) ? jobTypes[type] : undefined;
  if (!known?.only || rest.length === 0 || rest.length === tables.length) return parameters;
  return known.only(
    parameters,
    rest.map(({ table }) => table.slice(table.lastIndexOf(".") + 1)),
  );
}
