import type { z } from "zod";
import { Refusal, type Visit } from "../../engines/page.ts";
import { placed, problemsOf } from "../../jobs/problem.ts";

/** What a route wants to be sent, and how it is read. */
export interface Body<B> {
  shape: z.ZodType;
  isOptional: boolean;
  read(visit: Visit): B;
}

/** A JSON object of a shape. Where none is sent, it is taken for an empty one, if the shape allows that. */
export function jsonBody<S extends z.ZodType>(shape: S): Body<z.output<S>> {
  return {
    shape,
    isOptional: shape.safeParse({}).success,
    read(visit) {
      const text = visit.body === "" && visit.form.size === 0 ? "{}" : textOf(visit);
      const result = shape.safeParse(parse(text));
      if (result.success) return result.data;
      const problems = problemsOf(result.error.issues, shape).map(problem => placed(problem, text));
      throw new Refusal(422, "The body is not what is expected here.", undefined, problems);
    },
  };
}

/** The text of a JSON body; refused where it is said to be anything else. */
export function textOf(visit: Visit): string {
  const type = visit.header("content-type") ?? "";
  if (/^application\/json\s*(;|$)/i.test(type)) return visit.body;
  const said = type ? `This was sent as ${type.slice(0, 80)}` : "This was sent without a Content-Type";
  throw new Refusal(415, `${said}; the API takes JSON.`, "Send it with Content-Type: application/json.");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${(error as Error).message}.`);
  }
}
