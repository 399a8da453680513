import { z } from "zod";
import { scheduleShape } from "../../../core/jobs/schedule.ts";
import { STATES } from "../../../core/jobs/states.ts";
import type { RequestContext } from "../../../engines/portal/page.ts";
import { deleteSchedule, runSchedule, saveSchedule, scheduleFrom } from "../../actions/schedules.ts";
import { findSchedule, listSchedules, type ScheduleSummary } from "../../state/schedules.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { instant } from "../shapes.ts";
import { urlOf } from "../summary.ts";

const { cron, timeZone, job, paused, note } = scheduleShape.shape;
const written = z.strictObject({ cron, timeZone, job, paused, note });
const run = z.strictObject({ id: z.string(), url: z.string() });
const shape = z
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
    answers: { description: "All of them.", shape: z.strictObject({ schedules: z.array(shape) }) },
    answer: ({ portal, now }) => ({ kind: "json", value: { schedules: listSchedules(portal, now).map(summary) } }),
  }),
  apiRoute({
    ...{ method: "get", path, role: "viewer", summary: "One schedule" },
    answers: { description: "The schedule.", shape: shape },
    answer: request => ({ kind: "json", value: named(request) }),
  }),
  apiRoute({
    ...{ method: "put", path, role: "operator", summary: "Make a schedule, or write it anew" },
    body: jsonBody(written),
    answers: { description: "It is written; the worker sees it at once.", shape: shape },
    answer(request, { body }) {
      const actor = { ...request, via: "api" as const };
      saveSchedule(actor, request.parameters.name ?? "", scheduleFrom(actor, body), "either");
      return { kind: "json", value: named(request) };
    },
  }),
  apiRoute({
    ...{ method: "delete", path, role: "operator", summary: "Delete a schedule; jobs that came of it go on" },
    answers: { description: "It is deleted.", shape: z.strictObject({ deleted: z.string() }) },
    answer(request) {
      const { name = "" } = request.parameters;
      deleteSchedule({ ...request, via: "api" }, name);
      return { kind: "json", value: { deleted: name } };
    },
  }),
  apiRoute({
    ...{ method: "post", path: `${path}/run`, role: "operator", summary: "Start the job of a schedule now" },
    answers: { status: 201, description: "The job.", headers: { Location: "Where the job is." }, shape: run },
    answer(request) {
      const id = runSchedule({ ...request, via: "api" }, request.parameters.name ?? "");
      return { kind: "json", status: 201, value: { id, url: urlOf(id) }, headers: { Location: urlOf(id) } };
    },
  }),
];

function named({ portal, parameters, now }: RequestContext): z.infer<typeof shape> {
  return summary(findSchedule(portal, parameters.name ?? "", now));
}

function summary({ name, problems, schedule, words, by, next, last, skipped }: ScheduleSummary): z.infer<typeof shape> {
  const { submittedBy: _, ...rest } = schedule ?? {};
  return {
    ...{ name, url: `/api/schedules/${encodeURIComponent(name)}`, problems: [...problems], submittedBy: by, next },
    ...(schedule && { schedule: rest as z.infer<typeof written> }),
    ...(words && { words }),
    ...(last && { last: { ...last, url: urlOf(last.id) } }),
    ...(skipped && { skipped }),
  };
}
