import { z } from "zod";
import { jobErrorShape, outcomeShape } from "./outcome.ts";

const text = z.string().exactOptional();
const count = z.number().exactOptional();

// Types as SQL writes them.
const plannedColumnShape = z.strictObject({ name: z.string(), from: z.string(), to: z.string() });

export const plannedStepShape = z
  .strictObject({
    table: z.string(),
    target: z.string(),
    action: z.string(),
    why: text,
    rows: text,
    bytes: text,
    notes: z.array(z.string()).exactOptional(),
    columns: z
      .array(plannedColumnShape)
      .exactOptional()
      .describe("What the table's columns are at its source, and what they become."),
    ended: z
      .strictObject({ outcome: z.enum(["failed", "skipped"]), error: jobErrorShape })
      .exactOptional()
      .describe("Set where nothing can or need be done."),
  })
  .meta({ id: "PlannedStep" });

/** One step of a plan, as `planned` tells it. */
export type PlannedStep = z.infer<typeof plannedStepShape>;

const streamTotalsShape = z.strictObject({
  lines: z.number().describe("Read so far, the bad ones with them."),
  badLines: z.number(),
  linesPerSecond: z.number(),
  lagLines: z.number().describe("Lines that wait."),
  lagSeconds: z.number().describe("Since when the oldest of them waits."),
  lastProgressAt: text,
  batch: z.number().describe("-1 before the first."),
  offsets: z.record(z.string(), z.number()).describe("By partition, the offset of the line that comes next."),
  waitingFor: text.describe("The service that does not answer, while the stream waits for it."),
});

/** What a job that follows a stream tells while it runs. */
export type StreamTotals = z.infer<typeof streamTotalsShape>;

const base = { at: z.string(), attempt: z.number() };
const totals = streamTotalsShape.shape;

export const eventShape = z
  .discriminatedUnion("event", [
    z.strictObject({ ...base, event: z.literal("started"), pid: z.number(), host: z.string() }),
    z.strictObject({
      ...base,
      event: z.literal("planned"),
      steps: z.array(plannedStepShape),
      parallel: z.number(),
      of: text.describe(
        "The job type that was planned for somebody who asked; this job itself does none of these steps.",
      ),
    }),
    z.strictObject({
      ...base,
      event: z.literal("table-started"),
      table: z.string(),
      target: z.string(),
      action: z.string(),
    }),
    z.strictObject({
      ...base,
      event: z.literal("progress"),
      table: z.string(),
      step: z.string(),
      done: count,
      total: count,
      unit: text.describe("What is counted; Spark's tasks where it is not said."),
      bytes: text,
      totalBytes: text,
      session: text.describe("Where a write runs, so that a later attempt can make sure that it is gone."),
      operation: text,
      lines: totals.lines.exactOptional(),
      badLines: totals.badLines.exactOptional(),
      linesPerSecond: totals.linesPerSecond.exactOptional(),
      lagLines: totals.lagLines.exactOptional(),
      lagSeconds: totals.lagSeconds.exactOptional(),
      lastProgressAt: totals.lastProgressAt,
      batch: totals.batch.exactOptional(),
      offsets: totals.offsets.exactOptional(),
      waitingFor: totals.waitingFor,
    }),
    z.strictObject({ ...base, event: z.literal("table-ended"), table: z.string(), outcome: outcomeShape }),
    z.strictObject({ ...base, event: z.literal("note"), message: z.string(), table: text }),
    z.strictObject({ ...base, event: z.literal("left-behind"), table: text, what: z.string(), why: z.string() }),
    z.strictObject({
      ...base,
      event: z.literal("finished"),
      exitCode: z.number().nullable(),
      signal: text,
      error: jobErrorShape.exactOptional(),
    }),
  ])
  .meta({ id: "Event" });

/** One line of `logs/<id>.events.ndjson`, the durable truth per table while a job runs. */
export type JobEvent = z.infer<typeof eventShape>;

type Unstamped<E> = E extends JobEvent ? Omit<E, "at" | "attempt"> : never;

/** An event before it is stamped with its time and attempt. */
export type NewEvent = Unstamped<JobEvent>;

/** The steps that a job itself set out to do, by its last plan. */
export function ownPlan(events: readonly JobEvent[]): PlannedStep[] | undefined {
  return events.filter(event => event.event === "planned").findLast(({ of }) => of === undefined)?.steps;
}
