import { z } from "zod";
import { createToken, revokeToken } from "../../actions/people.ts";
import { requireBrowserSession } from "../../http/same-origin.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { instant } from "../shapes.ts";

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
