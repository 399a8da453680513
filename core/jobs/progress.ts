import { z } from "zod";
import { type JobEvent, type PlannedStep, plannedStepShape } from "./events.ts";
import { outcomeShape } from "./outcome.ts";
import { OUTCOMES } from "./states.ts";

const tableProgressShape = plannedStepShape
  .extend({
    state: z.enum(["waiting", "running", ...OUTCOMES]),
    startedAt: z.string().exactOptional(),
    step: z.string().exactOptional().describe("What is being done: copying, proving, …"),
    done: z.number().exactOptional().describe("Tasks of Spark that are done, or what `unit` says."),
    total: z.number().exactOptional(),
    unit: z.string().exactOptional(),
    read: z.string().exactOptional().describe("Bytes read so far."),
    totalBytes: z.string().exactOptional().describe("Of how many, where that is known."),
    outcome: outcomeShape.exactOptional(),
  })
  .meta({ id: "TableProgress" });

/** Where one table of a job is, as the events tell it. Times are ISO. */
export type TableProgress = z.infer<typeof tableProgressShape>;

export const progressShape = z
  .strictObject({
    planned: z.boolean().describe("False until it is known what there is to do."),
    attempt: z.number(),
    parallel: z.number(),
    tables: z.array(tableProgressShape),
    ended: z.number(),
    failed: z.number(),
    notes: z.array(z.strictObject({ at: z.string(), text: z.string() })),
    leftBehind: z.array(z.strictObject({ table: z.string().exactOptional(), what: z.string(), why: z.string() })),
  })
  .meta({ id: "Progress" });

/** Where a whole job is. */
export type JobProgress = z.infer<typeof progressShape>;

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
          unit: event.unit,
          read: event.bytes ?? known.read,
          totalBytes: event.totalBytes,
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
