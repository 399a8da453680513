import { z } from "zod";
import { createToken, revokeToken } from "../../actions/people.ts";
import { endOtherSessions, endSession, ownSessions } from "../../actions/sessions.ts";
import { requireBrowserSession } from "../../http/same-origin.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { instant } from "../shapes.ts";

const session = z
  .strictObject({
    id: z.string(),
    agent: z.string().optional().describe("What the browser calls itself."),
    address: z.string().optional(),
    since: instant,
    seen: instant.describe("When it was used last, to the minute."),
    current: z.boolean().describe("It is the session that asks; with a token none is."),
  })
  .meta({ id: "Session" });

/** Where a person is logged in. */
export const sessionRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path: "/api/sessions", role: "viewer", summary: "Where you are logged in" },
    answers: { description: "Your sessions.", shape: z.strictObject({ sessions: z.array(session) }) },
    answer: request => ({ kind: "json", value: { sessions: ownSessions(request) } }),
  }),
  apiRoute({
    ...{
      method: "delete",
      path: "/api/sessions",
      role: "viewer",
      summary: "End all your sessions but the one that asks",
    },
    answers: { description: "How many have ended.", shape: z.strictObject({ ended: z.int().min(0) }) },
    answer: request => ({ kind: "json", value: { ended: endOtherSessions(request) } }),
  }),
  apiRoute({
    ...{ method: "delete", path: "/api/sessions/:id", role: "viewer", summary: "End one of your sessions" },
    answers: { description: "It has ended.", shape: z.strictObject({ ended: z.string() }) },
    answer(request) {
      const { id = "" } = request.parameters;
      endSession(request, id);
      return { kind: "json", value: { ended: id } };
    },
  }),
];

const tokenShape = z
  .strictObject({
    id: z.string(),
    person: z.string(),
    label: z.string(),
    created: instant,
    used: instant.optional().describe("When it was used last, to the minute."),
  })
  .meta({ id: "Token" });

/** Tokens of the API. One's own; an administrator sees and revokes those of all. */
export const tokenRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path: "/api/tokens", role: "viewer", summary: "Your tokens; for administrators those of all" },
    answers: { description: "The tokens, without their text.", shape: z.strictObject({ tokens: z.array(tokenShape) }) },
    answer: ({ portal, person }) => ({ kind: "json", value: { tokens: portal.tokens.list(person) } }),
  }),
  apiRoute({
    ...{ method: "post", path: "/api/tokens", role: "viewer", summary: "Make a token, with a browser's session" },
    body: jsonBody(z.strictObject({ label: z.string().trim().describe("What it is for.") })),
    answers: {
      description: "The token's text, in this answer alone.",
      status: 201,
      shape: z.strictObject({ label: z.string(), token: z.string() }),
    },
    // A token that leaks must not make more.
    answer: (request, { body: { label } }) =>
      requireBrowserSession(() => {
        return { kind: "json", status: 201, value: { label, token: createToken(request, label) } };
      })(request),
  }),
  apiRoute({
    ...{ method: "delete", path: "/api/tokens/:id", role: "viewer", summary: "Revoke a token" },
    answers: { description: "It is revoked.", shape: z.strictObject({ revoked: tokenShape }) },
    answer(request) {
      return { kind: "json", value: { revoked: revokeToken(request, request.parameters.id ?? "") } };
    },
  }),
];
