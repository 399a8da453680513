import { z } from "zod";
import { checkShape } from "../../core/jobs/parse/check-shape.ts";
import { doubleKeys, parseJson } from "../../core/jobs/parse/json.ts";
import { placed } from "../../core/jobs/parse/problem.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../engines/portal/page.ts";
import { readQuery } from "./job-query.ts";

/** What a route answers with when all is well: JSON of a shape, or another type of content. */
export type ApiResponse = {
  description: string;
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** Statuses that come with content of the same shape, and what each means. */
  others?: Readonly<Record<number, string>>;
} & ({ shape: z.ZodType } | { type: string });

/** A route that carries its own description: the API's documentation is made from it, and its query is checked by it. */
export interface ApiRoute extends Route {
  summary: string;
  query: z.ZodObject;
  body?: Body<unknown>;
  answers: ApiResponse;
}

/** What somebody writes to make such a route. Its `answer` gets what was asked, checked. */
export interface Described<Q extends z.ZodObject, B> extends Omit<ApiRoute, "query" | "body" | "answer"> {
  query?: Q;
  body?: Body<B>;
  answer(request: RequestContext, asked: { query: z.output<Q>; body: B }): RouteResult | Promise<RouteResult>;
}

/** Makes a route of the API. Its query and body are refused, with what was expected, where they do not fit. */
export function apiRoute<Q extends z.ZodObject = z.ZodObject, B = undefined>(described: Described<Q, B>): ApiRoute {
  const { query = z.strictObject({}) as unknown as Q, body, answer, ...rest } = described;
  return {
    ...rest,
    query,
    ...(body && { body }),
    answer: request => answer(request, { query: readQuery(query, request.query), body: body?.read(request) as B }),
  };
}

/** What a route wants to be sent, and how it is read. */
export interface Body<B> {
  shape: z.ZodType;
  isOptional: boolean;
  read(request: RequestContext): B;
}

/** A JSON object of a shape. Where none is sent, it is taken for an empty one, if the shape allows that. */
export function jsonBody<S extends z.ZodType>(shape: S): Body<z.output<S>> {
  return {
    shape,
    isOptional: shape.safeParse({}).success,
    read(request) {
      const text = request.body === "" && request.form.size === 0 ? "{}" : bodyText(request);
      const result = checkShape(shape, parse(text));
      if (result.ok) return result.data;
      throw new HttpError(422, "The body is not what is expected here.", undefined, placed(result.problems, text));
    },
  };
}

/** The text of a JSON body; refused where it is said to be anything else. */
export function bodyText(request: RequestContext): string {
  const type = request.header("content-type") ?? "";
  if (/^application\/json\s*(;|$)/i.test(type)) return request.body;
  const contentType = type ? `This was sent as ${type.slice(0, 80)}` : "This was sent without a Content-Type";
  throw new HttpError(415, `${contentType}; the API takes JSON.`, "Send it with Content-Type: application/json.");
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new HttpError(400, `The body is not JSON: ${(error as Error).message}.`);
  }
  const [twice] = doubleKeys(text, 1);
  if (twice)
    throw new HttpError(400, `The key ${twice.join(".")} stands twice in its object: keep the one that is meant.`);
  return value;
}
