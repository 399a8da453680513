import type { z } from "zod";
import { Refusal } from "../../engines/page.ts";
import { placed, problemsOf } from "../../jobs/problem.ts";

/** A query as its shape wants it. Throws a 400 with every problem; what is left empty was not asked for. */
export function readQuery<Q extends z.ZodObject>(shape: Q, query: URLSearchParams): z.output<Q> {
  const given = [...query].filter(([, value]) => value !== "");
  const twice = given.map(([key]) => key).filter((key, i, keys) => keys.indexOf(key) !== i);
  const result = shape.safeParse(Object.fromEntries(given));
  const wrong = result.success ? [] : problemsOf(result.error.issues, shape).map(problem => placed(problem, ""));
  const problems = [...new Set(twice)].map(key => `${key}: it stands there twice`).concat(wrong);
  if (result.success && problems.length === 0) return result.data;
  throw new Refusal(400, "The part of the address after the ? is wrong.", undefined, problems);
}
