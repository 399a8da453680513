import type { JobError, Outcome } from "./outcome.ts";

/** One step of a plan, as `planned` tells it. */
export interface PlannedStep {
  table: string;
  target: string;
  action: string;
  why?: string;
  rows?: string;
  bytes?: string;
  notes?: string[];
  /** Set where nothing can or need be done. */
  ended?: { outcome: "failed" | "skipped"; error: JobError };
}

interface Base {
  at: string;
  attempt: number;
}

/** One line of `logs/<id>.events.ndjson`, the durable truth per table while a job runs. */
export type JobEvent = Base &
  (
    | { event: "started"; pid: number; host: string }
    | {
        event: "planned";
        steps: PlannedStep[];
        parallel: number;
        /** The job type that was planned for somebody who asked; this job itself does none of these steps. */
        of?: string;
      }
    | { event: "table-started"; table: string; target: string; action: string }
    | ({
        event: "progress";
        table: string;
        step: string;
        done?: number;
        total?: number;
        bytes?: string;
        /** Where a write runs, so that a later attempt can make sure that it is gone. */
        session?: string;
        operation?: string;
      } & Partial<StreamFigures>)
    | { event: "table-ended"; table: string; outcome: Outcome }
    | { event: "note"; message: string; table?: string }
    | { event: "left-behind"; table?: string; what: string; why: string }
    | { event: "finished"; exitCode: number | null; signal?: string; error?: JobError }
  );

/** What a job that follows a stream tells while it runs. */
export interface StreamFigures {
  /** Read so far, the bad ones with them. */
  lines: number;
  badLines: number;
  linesPerSecond: number;
  /** Lines that wait, and since when the oldest of them. */
  lagLines: number;
  lagSeconds: number;
  lastProgressAt?: string;
  /** -1 before the first. */
  batch: number;
  /** By partition, the offset of the line that comes next. */
  offsets: Readonly<Record<string, number>>;
  /** What is away, so that nothing moves. */
  waitingFor?: string;
}

type Unstamped<E> = E extends JobEvent ? Omit<E, "at" | "attempt"> : never;

/** An event before it is stamped with its time and attempt. */
export type NewEvent = Unstamped<JobEvent>;

/** The steps that a job itself set out to do, by its last plan. */
export function ownPlan(events: readonly JobEvent[]): PlannedStep[] | undefined {
  return events.filter(event => event.event === "planned").findLast(({ of }) => of === undefined)?.steps;
}
