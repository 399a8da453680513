import type { JobError, Outcome } from "./outcome.ts";

/** One step of a plan, as `planned` tells it. */
export interface PlannedStep {
  table: string;
  target: string;
  action: string;
  why?: string;
  rows?: string;
  bytes?: string;
}

interface Base {
  at: string;
  attempt: number;
}

/** One line of `logs/<id>.events.ndjson`, the durable truth per table while a job runs. */
export type JobEvent = Base &
  (
    | { event: "started"; pid: number; host: string }
    | { event: "planned"; steps: PlannedStep[]; parallel: number }
    | { event: "table-started"; table: string; target: string; action: string }
    | {
        event: "progress";
        table: string;
        step: string;
        done?: number;
        total?: number;
        bytes?: string;
        /** Where a write runs, so that a later attempt can make sure that it is gone. */
        session?: string;
        operation?: string;
      }
    | { event: "table-ended"; table: string; outcome: Outcome }
    | { event: "note"; message: string; table?: string }
    | { event: "left-behind"; table?: string; what: string; why: string }
    | { event: "finished"; exitCode: number | null; signal?: string; error?: JobError }
  );

type Unstamped<E> = E extends JobEvent ? Omit<E, "at" | "attempt"> : never;

/** An event before it is stamped with its time and attempt. */
export type NewEvent = Unstamped<JobEvent>;
