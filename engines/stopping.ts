import { existsSync } from "node:fs";
import { cancelFile } from "../files/cancel.ts";
import { layoutOf, runningFiles } from "../files/layout.ts";
import type { StepContext } from "./engine.ts";

/** When a job that has no end of its own has to end, and how. */
export interface Stopping {
  /** Aborted as soon as somebody wants it to end. */
  signal: AbortSignal;
  /** A person wants it, or whoever started the engine by hand: it ends in order. Else the worker takes it up again. */
  inOrder(): boolean;
  close(): void;
}

/** Looks for the wish itself too: such a job can be stopped while there is no worker. */
export function watchStop<P>({ job, settings, signal }: StepContext<P>): Stopping {
  const layout = layoutOf(settings.DATA_DIR);
  const wish = cancelFile(layout, job.id);
  const { claim } = runningFiles(layout, job.id);
  const stop = new AbortController();
  const look = setInterval(() => existsSync(wish) && stop.abort(), 1000);
  return {
    signal: AbortSignal.any([signal, stop.signal]),
    inOrder: () => existsSync(wish) || !existsSync(claim),
    close: () => clearInterval(look),
  };
}
