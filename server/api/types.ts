import { z } from "zod";
import { jobTypes } from "../../engines/list.ts";
import { Refusal } from "../../engines/page.ts";
import { nearest } from "../../jobs/problem.ts";
import { LANES } from "../../jobs/states.ts";
import { TABLES } from "../../jobs/thing.ts";
import { jobFileShape } from "./job-file.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { schemaOf } from "./schema.ts";

const schema = z.record(z.string(), z.unknown()).describe("A JSON Schema (2020-12).");
const typeShape = z.strictObject({
  type: z.string(),
  lane: z.enum(LANES),
  about: z.string().describe("What its outcomes are about: tables, files, …"),
  asks: z.boolean().describe("It changes nothing: lists leave it out unless it is named."),
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
    answers: { says: "The types.", shape: z.strictObject({ types: z.array(typeShape) }) },
    answer() {
      const types = Object.values(jobTypes).map(({ type, lane, thing = TABLES, asks = false, shape }) => ({
        ...{ type, lane, about: thing[1], asks },
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
    answers: { says: "The schema.", shape: schema },
    answer({ parameters: { type = "" } }) {
      const shape = jobFileShape(type);
      if (shape) return { kind: "json", value: { title: `Job file: ${type}`, ...schemaOf(shape) } };
      const near = nearest(type, Object.keys(jobTypes));
      throw new Refusal(404, `There is no job type ${type.slice(0, 100)}.`, near && `Did you mean ${near}?`);
    },
  }),
];
