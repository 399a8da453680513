import { z } from "zod";
import type { JobQuery } from "../../core/audit/index/open.ts";
import { checkShape } from "../../core/jobs/parse/check-shape.ts";
import { placed } from "../../core/jobs/parse/problem.ts";
import { type JobState, STATES, type Status } from "../../core/jobs/states.ts";
import { jobTypes } from "../../engines/list.ts";
import { HttpError } from "../../engines/portal/page.ts";
import { READ_ONLY_TYPES } from "../state/portal-status.ts";

const DATE = "expected a date as 2026-11-23 or 2026-11-23T09:45:00Z";
const NUMBER = "expected a whole number";

const moment = z.string().refine(isMoment, DATE);

/** A whole number in a query. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  return z.coerce.number(NUMBER).int(NUMBER).min(least).max(most);
}

/** Which jobs: what lists and the audit can be asked for. */
export const filterShape = z.strictObject({
  state: z.enum(STATES).optional(),
  type: z
    .enum(Object.keys(jobTypes))
    .optional()
    .describe(`Types that only ask (${READ_ONLY_TYPES.join(", ")}) are left out unless one is named.`),
  person: z.string().optional().describe("Who submitted it."),
  table: z.string().optional().describe("A part of the name of a source or target: orders, hive.sales."),
  from: moment
    .optional()
    .describe("When it ended (or was submitted, if it has not), at the earliest: a date, its whole day in UTC."),
  to: moment.optional().describe("The same at the latest; a date is its whole day."),
  text: z.string().max(200).optional().describe("A part of the id, parameters, note, person, file or error."),
  limit: whole(1, 1000).default(50),
  before: z
    .string()
    .refine(isCursor, "expected the next of an earlier answer")
    .optional()
    .describe("The next of the answer before: what is older."),
});

export type Filter = z.output<typeof filterShape>;

/** The filter as the index of the archive is asked. Only for a state that it knows. */
export function indexQuery({ state, ...filter }: Filter): JobQuery {
  return {
    ...filter,
    status: isEnded(state) ? state : undefined,
    notTypes: filter.type ? undefined : READ_ONLY_TYPES,
  };
}

/** Whether a job of this state is in the archive. */
export function isEnded(state: JobState | undefined): state is Status {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

function isMoment(text: string): boolean {
  const instant = Date.parse(text);
  const isDate = text.length === 10;
  return (
    /^\d{4}-\d\d-\d\d/.test(text) &&
    !Number.isNaN(instant) &&
    (!isDate || new Date(instant).toISOString().startsWith(text))
  );
}

function isCursor(text: string): boolean {
  return text.startsWith("~") || !Number.isNaN(Date.parse(text.split("_")[0] ?? ""));
}

/** A query as its shape wants it. Throws a 400 with every problem; what is left empty was not asked for. */
export function readQuery<Q extends z.ZodObject>(shape: Q, query: URLSearchParams): z.output<Q> {
  const given = [...query].filter(([, value]) => value !== "");
  const twice = given.map(([key]) => key).filter((key, i, keys) => keys.indexOf(key) !== i);
  const result = checkShape(shape, Object.fromEntries(given));
  const wrong = result.ok ? [] : placed(result.problems);
  const problems = [...new Set(twice)].map(key => `${key}: it stands there twice`).concat(wrong);
  if (result.ok && problems.length === 0) return result.data;
  throw new HttpError(400, "The part of the address after the ? is wrong.", undefined, problems);
}
