import type { JobError } from "../../core/jobs/outcome.ts";
import { jobErrorOf } from "../runner/job-error.ts";

/** One thing to look at. `look` gives what it saw, a line each; what it throws is told with what mends it. */
export interface Check {
  name: string;
  run(signal: AbortSignal): readonly string[] | Promise<readonly string[]>;
}

/** What a look came to. */
export type CheckResult =
  | { outcome: "succeeded"; notes: string[] }
  | { outcome: "failed"; error: JobError }
  | { outcome: "skipped"; error: JobError };

/** A fault, and what mends it. */
export class Fault extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** There is nothing to look at: it is not set, or what stands before it does not answer. */
export class NothingThere extends Error {}

/** Looks at one thing, and never longer than so many milliseconds. Throws only when `signal` ends it. */
export async function runCheck({ name, run }: Check, signal?: AbortSignal, within = 30_000): Promise<CheckResult> {
  const limit = AbortSignal.timeout(within);
  const ended = signal ? AbortSignal.any([signal, limit]) : limit;
  const over = Promise.withResolvers<never>();
  const stop = () => over.reject(ended.reason);
  ended.addEventListener("abort", stop, { once: true });
  try {
    const notes = await Promise.race([(async () => run(ended))(), over.promise]);
    return { outcome: "succeeded", notes: [...notes] };
  } catch (error) {
    signal?.throwIfAborted();
    const why = limit.aborted ? silent(name, within) : error;
    return { outcome: error instanceof NothingThere ? "skipped" : "failed", error: describedFault(why) };
  } finally {
    ended.removeEventListener("abort", stop);
  }
}

function silent(name: string, within: number): Fault {
  const hint = "See that it is up, that this machine may reach it, and that it is not overloaded.";
  return new Fault(`${name} gave no answer within ${within / 1000} s.`, hint);
}

function describedFault(error: unknown): JobError {
  return error instanceof Fault ? { message: error.message, hint: error.hint } : jobErrorOf(error);
}
