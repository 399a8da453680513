import { existsSync } from "node:fs";
import { cancelFile } from "../../core/store/cancel.ts";
import { layoutOf, runningFiles } from "../../core/store/layout.ts";
import type { StepContext } from "../engine.ts";

/** When a job that has no end of its own has to end, and how. */
export interface Stopping {
  /** Aborted as soon as somebody wants it to end. */
  signal: AbortSignal;
  /** Whether to finish and count: a person cancelled, or the engine was started by hand. Else the worker will resume the job. */
  inOrder(): boolean;
  close(): void;
}

/** Looks for the cancel request itself too: such a job can be stopped while there is no worker. */
export function watchStop<P>({ job, settings, signal }: StepContext<P>): Stopping {
  const layout = layoutOf(settings.DATA_DIR);
  const cancelRequest = cancelFile(layout, job.id);
  const { claim } = runningFiles(layout, job.id);
  const stop = new AbortController();
  const timer = setInterval(() => existsSync(cancelRequest) && stop.abort(), 1000);
  return {
    signal: AbortSignal.any([signal, stop.signal]),
    inOrder: () => existsSync(cancelRequest) || !existsSync(claim),
    close: () => clearInterval(timer),
  };
}
