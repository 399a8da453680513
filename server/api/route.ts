import { z } from "zod";
import type { Answer, Route, Visit } from "../../engines/page.ts";
import type { Body } from "./body.ts";
import { readQuery } from "./query.ts";

/** What a route answers with when all is well: JSON of a shape, or another type of content. */
export type Answers = { says: string; status?: number; headers?: Readonly<Record<string, string>> } & (
  | { shape: z.ZodType }
  | { type: string }
);

/** A route that carries its own description: the API's documentation is made from it, and its query is checked by it. */
export interface ApiRoute extends Route {
  summary: string;
  query: z.ZodObject;
  body?: Body<unknown>;
  answers: Answers;
}

/** What somebody writes to make such a route. Its `answer` gets what was asked, checked. */
export interface Described<Q extends z.ZodObject, B> extends Omit<ApiRoute, "query" | "body" | "answer"> {
  query?: Q;
  body?: Body<B>;
  answer(visit: Visit, asked: { query: z.output<Q>; body: B }): Answer | Promise<Answer>;
}

/** Makes a route of the API. Its query and body are refused, with what was expected, where they do not fit. */
export function apiRoute<Q extends z.ZodObject = z.ZodObject, B = undefined>(described: Described<Q, B>): ApiRoute {
  const { query = z.strictObject({}) as unknown as Q, body, answer, ...rest } = described;
  return {
    ...rest,
    query,
    ...(body && { body }),
    answer: visit => answer(visit, { query: readQuery(query, visit.query), body: body?.read(visit) as B }),
  };
}
