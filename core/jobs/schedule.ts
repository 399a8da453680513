import { createHash } from "node:crypto";
import { z } from "zod";
import { cronProblem, zoneProblem } from "./cron.ts";
import { envelopeShape, type JobFile } from "./envelope.ts";
import { derivedId } from "./id.ts";
import { checkShape } from "./parse/check-shape.ts";
import { readObject } from "./parse/object.ts";
import { checkTypes, type KnownType, withForbidden } from "./parse/parse.ts";
import { placed } from "./parse/problem.ts";

/** Everything that a file in schedules/ may hold. Its job is a job file without what only portal and worker say. */
export const scheduleShape = z.strictObject({
  cron: z.string().max(200).superRefine(checked(cronProblem)),
  timeZone: z.string().max(64).superRefine(checked(zoneProblem)).default("UTC"),
  job: envelopeShape.omit({
    ...({ id: true, via: true, submittedBy: true, submittedAt: true, parent: true, retryOf: true } as const),
  }),
  paused: z.boolean().optional(),
  note: z.string().max(2000).optional(),
  /** Who made it on the page; believed only in a file of the worker's own user. */
  submittedBy: z.string().max(200).optional(),
});

/** A job that comes by itself, and when. */
export type Schedule = z.infer<typeof scheduleShape>;

/** The outcome of reading a schedule's file. */
export type ParsedSchedule = { ok: true; schedule: Schedule } | { ok: false; problems: string[] };

/** What a schedule may be called: it stands in file names and addresses. */
export const SCHEDULE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** Reads the bytes of a schedule's file and checks all of it, its job as a job file is checked. */
export function parseSchedule(bytes: Uint8Array, types: Readonly<Record<string, KnownType>>): ParsedSchedule {
  const read = readObject(bytes, '{ "cron": …, "job": { "type": … } }');
  if (!("value" in read)) return { ok: false, problems: [read.problem] };
  const { value, text, forbidden } = read;
  const checked = checkShape(scheduleShape, value);
  const job = typeof value.job === "object" && value.job !== null ? checkTypes(value.job, types) : [];
  const problems = withForbidden(forbidden, [
    ...(checked.ok ? [] : checked.problems),
    ...job.map(({ path, message }) => ({ path: ["job", ...path], message })),
  ]);
  if (checked.ok && problems.length === 0) return { ok: true, schedule: checked.data };
  return { ok: false, problems: placed(problems, text) };
}

/** The job of a schedule for one of its times. Its id is derived from both, so that it can't be created twice. */
export function scheduledJob(
  name: string,
  { job }: Schedule,
  planned: number,
  submittedBy: string,
): JobFile & { id: string } {
  const letters = createHash("sha256").update(`${name} ${planned}`).digest();
  const note = `schedule ${name}${job.note ? `: ${job.note}` : ""}`;
  return { ...job, note, id: derivedId(job.type, planned, letters), via: "schedule", submittedBy };
}

function checked(problem: (text: string) => string | undefined) {
  return (text: string, context: z.RefinementCtx) => {
    const message = problem(text);
    if (message) context.addIssue({ code: "custom", message });
  };
}
