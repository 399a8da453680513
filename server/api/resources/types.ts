import { z } from "zod";
import { nearest } from "../../../core/jobs/parse/problem.ts";
import { LANES, TABLES } from "../../../core/jobs/states.ts";
import { ROLES } from "../../../core/people/roles.ts";
import { jobTypes } from "../../../engines/list.ts";
import { HttpError } from "../../../engines/portal/page.ts";
import { jobFileShape, schemaOf } from "../job-file.ts";
import { type ApiRoute, apiRoute } from "../route.ts";

const schema = z.record(z.string(), z.unknown()).describe("A JSON Schema (2020-12).");
const typeShape = z.strictObject({
  type: z.string(),
  lane: z.enum(LANES),
  about: z.string().describe("What its outcomes are about: tables, files, …"),
  readOnly: z.boolean().describe("It changes nothing: lists leave it out unless it is named."),
  parameters: schema,
  jobFile: z.string().describe("Where the schema of its whole job file is."),
});

/** The types of jobs, and what their files look like. */
export const typeRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/types",
    role: "viewer",
    summary: "The types of jobs, with what each takes",
    answers: { description: "The types.", shape: z.strictObject({ types: z.array(typeShape) }) },
    answer() {
      const types = Object.values(jobTypes).map(({ type, lane, itemNoun = TABLES, readOnly = false, shape }) => ({
        ...{ type, lane, about: itemNoun[1], readOnly },
        parameters: schemaOf(shape),
        jobFile: `/schema/${type}.json`,
      }));
      return { kind: "json", value: { types } };
    },
  }),
  apiRoute({
    method: "get",
    path: "/schema/:type.json",
    role: "viewer",
    summary: "The JSON Schema of a whole job file, for editors and checks",
    answers: { description: "The schema.", shape: schema },
    answer({ parameters: { type = "" } }) {
      const shape = jobFileShape(type);
      if (shape) return { kind: "json", value: { title: `Job file: ${type}`, ...schemaOf(shape) } };
      const near = nearest(type, Object.keys(jobTypes));
      throw new HttpError(404, `There is no job type ${type.slice(0, 100)}.`, near && `Did you mean ${near}?`);
    },
  }),
];

/** Who asks. */
export const meRoute: ApiRoute = apiRoute({
  method: "get",
  path: "/api/me",
  role: "viewer",
  summary: "Whose token or session this is, and its role",
  answers: { description: "The person.", shape: z.strictObject({ name: z.string(), role: z.enum(ROLES) }) },
  answer: ({ person: { name, role } }) => ({ kind: "json", value: { name, role } }),
});
