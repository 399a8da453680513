import { z } from "zod";
import { endOtherSessions, endSession, ownSessions } from "../../actions/sessions.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
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
