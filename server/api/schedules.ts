import { z } from "zod";
import type { Visit } from "../../engines/page.ts";
import { scheduleShape } from "../../jobs/schedule.ts";
import { STATES } from "../../jobs/states.ts";
import { deleteSchedule, runSchedule, saveSchedule, scheduleFrom } from "../schedule-deeds.ts";
import { findSchedule, listSchedules, type ScheduleSummary } from "../schedules.ts";
import { jsonBody } from "./body.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { instant } from "./shapes.ts";
import { urlOf } from "./summary.ts";

const { cron, timeZone, job, paused, note } = scheduleShape.shape;
const written = z.strictObject({ cron, timeZone, job, paused, note });
const run = z.strictObject({ id: z.string(), url: z.string() });
const told = z
  .strictObject({
    name: z.string(),
    url: z.string(),
    problems: z.array(z.string()).describe("What is wrong with its file; then nothing comes of it."),
    schedule: written.optional(),
    words: z.string().optional().describe("What its line means."),
    submittedBy: z.string(),
    next: z.array(instant).describe("The next times; none while it is paused."),
    last: run.extend({ at: instant, planned: instant.optional(), state: z.enum(STATES).optional() }).optional(),
    skipped: z
      .strictObject({ planned: instant, times: z.int(), because: z.string() })
      .optional()
      .describe("Times that were left out lately, because a job had not ended."),
  })
  .meta({ id: "Schedule" });

const path = "/api/schedules/:name";

/** Jobs that come by themselves. */
export const scheduleRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path: "/api/schedules", role: "viewer", summary: "The schedules, those that come next first" },
    answers: { says: "All of them.", shape: z.strictObject({ schedules: z.array(told) }) },
    answer: ({ portal, now }) => ({ kind: "json", value: { schedules: listSchedules(portal, now).map(summary) } }),
  }),
  apiRoute({
    ...{ method: "get", path, role: "viewer", summary: "One schedule" },
    answers: { says: "The schedule.", shape: told },
    answer: visit => ({ kind: "json", value: named(visit) }),
  }),
  apiRoute({
    ...{ method: "put", path, role: "operator", summary: "Make a schedule, or write it anew" },
    body: jsonBody(written),
    answers: { says: "It is written; the worker sees it at once.", shape: told },
    answer(visit, { body }) {
      const doer = { ...visit, via: "api" as const };
      saveSchedule(doer, visit.parameters.name ?? "", scheduleFrom(doer, body), "either");
      return { kind: "json", value: named(visit) };
    },
  }),
  apiRoute({
    ...{ method: "delete", path, role: "operator", summary: "Delete a schedule; jobs that came of it go on" },
    answers: { says: "It is deleted.", shape: z.strictObject({ deleted: z.string() }) },
    answer(visit) {
      const { name = "" } = visit.parameters;
      deleteSchedule({ ...visit, via: "api" }, name);
      return { kind: "json", value: { deleted: name } };
    },
  }),
  apiRoute({
    ...{ method: "post", path: `${path}/run`, role: "operator", summary: "Start the job of a schedule now" },
    answers: { status: 201, says: "The job.", headers: { Location: "Where the job is." }, shape: run },
    answer(visit) {
      const id = runSchedule({ ...visit, via: "api" }, visit.parameters.name ?? "");
      return { kind: "json", status: 201, value: { id, url: urlOf(id) }, headers: { Location: urlOf(id) } };
    },
  }),
];

function named({ portal, parameters, now }: Visit): z.infer<typeof told> {
  return summary(findSchedule(portal, parameters.name ?? "", now));
}

function summary({ name, problems, schedule, words, by, next, last, skipped }: ScheduleSummary): z.infer<typeof told> {
  const { submittedBy: _, ...rest } = schedule ?? {};
  return {
    ...{ name, url: `/api/schedules/${encodeURIComponent(name)}`, problems: [...problems], submittedBy: by, next },
    ...(schedule && { schedule: rest as z.infer<typeof written> }),
    ...(words && { words }),
    ...(last && { last: { ...last, url: urlOf(last.id) } }),
    ...(skipped && { skipped }),
  };
}
