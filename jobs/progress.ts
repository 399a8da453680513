import type { JobEvent, PlannedStep } from "./events.ts";
import type { Outcome } from "./outcome.ts";

/** Where one table of a job is, as the events tell it. Times are ISO. */
export interface TableProgress extends PlannedStep {
  state: "waiting" | "running" | Outcome["outcome"];
  startedAt?: string;
  /** What is being done: copying, proving, … */
  step?: string;
  /** Spark's tasks. */
  done?: number;
  total?: number;
  /** Bytes read so far. */
  read?: string;
  outcome?: Outcome;
}

/** Where a whole job is. `planned` is false until it is known what there is to do. */
export interface JobProgress {
  planned: boolean;
  attempt: number;
  parallel: number;
  tables: TableProgress[];
  ended: number;
  failed: number;
  notes: { at: string; text: string }[];
  leftBehind: { table?: string; what: string; why: string }[];
}

/** Reads the events of a job, oldest first, into where it is now. */
export function progressOf(events: readonly JobEvent[]): JobProgress {
  const tables = new Map<string, TableProgress>();
  const progress: JobProgress = {
    planned: false,
    attempt: 1,
    parallel: 1,
    tables: [],
    ended: 0,
    failed: 0,
    notes: [],
    leftBehind: [],
  };
  for (const event of events) take(event, tables, progress);
  progress.tables = [...tables.values()];
  progress.ended = progress.tables.filter(table => table.outcome).length;
  progress.failed = progress.tables.filter(table => table.state === "failed").length;
  return progress;
}

function take(event: JobEvent, tables: Map<string, TableProgress>, progress: JobProgress): void {
  const known = "table" in event && event.table ? tables.get(event.table) : undefined;
  switch (event.event) {
    case "started":
      progress.attempt = event.attempt;
      return;
    case "planned":
      progress.planned = true;
      progress.parallel = event.parallel;
      for (const step of event.steps) plan(step, tables);
      return;
    case "table-started":
      // What an earlier attempt got to is forgotten: it begins again.
      tables.set(event.table, {
        ...bare(known),
        table: event.table,
        target: event.target,
        action: event.action,
        state: "running",
        startedAt: event.at,
      });
      return;
    case "progress":
      if (known)
        Object.assign(known, {
          step: event.step,
          done: event.done,
          total: event.total,
          read: event.bytes ?? known.read,
        });
      return;
    case "table-ended":
      tables.set(event.table, {
        ...bare(known),
        table: event.table,
        target: event.outcome.target,
        action: known?.action ?? "",
        state: event.outcome.outcome,
        outcome: event.outcome,
        ...(known?.startedAt && { startedAt: known.startedAt }),
      });
      return;
    case "note":
      progress.notes.push({ at: event.at, text: event.table ? `${event.table}: ${event.message}` : event.message });
      return;
    case "left-behind":
      progress.leftBehind.push({ ...(event.table && { table: event.table }), what: event.what, why: event.why });
  }
}

// A later plan tells more or the same; what succeeded before stays succeeded.
function plan(step: PlannedStep, tables: Map<string, TableProgress>): void {
  const known = tables.get(step.table);
  if (known?.state === "succeeded") return;
  tables.set(step.table, { ...step, state: "waiting" });
}

function bare(known: TableProgress | undefined): Partial<PlannedStep> {
  const { why, rows, bytes } = known ?? {};
  return { ...(why && { why }), ...(rows && { rows }), ...(bytes && { bytes }) };
}
