import { existsSync } from "node:fs";
import { tableNameOf } from "../../../connectors/iceberg/names.ts";
import type { Status } from "../../../core/jobs/states.ts";
import { cancelFile } from "../../../core/store/cancel.ts";
import { listQueued, listRunning } from "../../../core/store/jobs-on-disk.ts";
import type { Portal } from "../../portal/page.ts";
import { streamTarget } from "../parameters.ts";
import { lastFailure } from "./seen-progress.ts";

/** A job as the pages of streams look at it: what it was asked for, and where it is. */
export interface KnownJob {
  id: string;
  state: "queued" | "running" | Status;
  /** When it got there. */
  at: string;
  parameters: Readonly<Record<string, unknown>>;
  isStopping: boolean;
  /** Why it failed, or why it is tried again. */
  error?: string;
  /** What came of counting it, where that was done. */
  proof?: "equal" | "differs";
}

const ENDED = 200;

/** The jobs of a type: those that wait or run, then those that ended, the newest first. */
export function jobsOf({ layout, index }: Pick<Portal, "layout" | "index">, type: string): KnownJob[] {
  index.refresh();
  const isStopping = (id: string) => existsSync(cancelFile(layout, id));
  const running = listRunning(layout).filter(({ claim }) => claim.type === type);
  const queued = listQueued(layout).filter(({ file, id }) => file?.type === type && id !== undefined);
  const ended = index.jobs({ type, limit: ENDED }).rows;
  return [
    ...running.map(({ id, claim, file }): KnownJob => {
      return { id, state: "running", at: claim.claimedAt, parameters: file.parameters, isStopping: isStopping(id) };
    }),
    ...queued.map(({ id = "", file, stats, retry }): KnownJob => {
      const at = file?.submittedAt ?? stats.mtime.toISOString();
      const again =
        retry && `to be tried again at ${retry.notBefore.slice(11, 16)} UTC: ${lastFailure(layout, id) ?? ""}`;
      const common = { parameters: file?.parameters ?? {}, isStopping: isStopping(id) };
      return { id, state: "queued", at, ...common, ...(again && { error: again }) };
    }),
    ...ended.map(({ id, status, finishedAt, parameters, error, proofs }): KnownJob => {
      const parameterText = (parameters ?? {}) as Record<string, unknown>;
      const proof: KnownJob["proof"] = proofs.differs > 0 ? "differs" : proofs.equal > 0 ? "equal" : undefined;
      const more = { ...(error && { error }), ...(proof && { proof }) };
      return { id, state: status, at: finishedAt, parameters: parameterText, isStopping: false, ...more };
    }),
  ];
}

/** A parameter as a text; empty where it is none. */
export function parameterText({ parameters }: Pick<KnownJob, "parameters">, name: string): string {
  const value = parameters[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The table of a job that names one, or a topic: whole, however it was asked for. */
export function tableOfStream(job: Pick<KnownJob, "parameters">): string {
  const table = parameterText(job, "table");
  return tableNameOf(streamTarget({ topic: parameterText(job, "topic"), ...(table && { table }) }));
}
