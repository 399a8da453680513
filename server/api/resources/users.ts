import { z } from "zod";
import { ROLES } from "../../../core/people/roles.ts";
import type { RequestContext } from "../../../engines/portal/page.ts";
import {
  addUser,
  createLoginLink,
  findUser,
  listUsers,
  setUserDisabled,
  setUserRole,
  type UserSummary,
} from "../../actions/people.ts";
import { requireBrowserSession } from "../../http/same-origin.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { instant } from "../shapes.ts";

const role = z.enum(ROLES);

const userShape = z
  .strictObject({
    name: z.string(),
    role,
    disabled: z.boolean(),
    created: instant,
    hasPassword: z.boolean(),
    seen: instant.optional().describe("When they were here last, if a session of theirs has not ended."),
  })
  .meta({ id: "User" });

const administrator = { role: "administrator" } as const;
const path = "/api/users/:name";

/** The users of the portal. What gives access needs the session of a browser: a token that leaks must not make more. */
export const userRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path: "/api/users", ...administrator, summary: "The users and their roles" },
    answers: { description: "All of them.", shape: z.strictObject({ users: z.array(userShape) }) },
    answer: ({ portal }) => ({ kind: "json", value: { users: listUsers(portal) } }),
  }),
  apiRoute({
    ...{ method: "post", path: "/api/users", ...administrator, summary: "Add a user, with a browser's session" },
    body: jsonBody(z.strictObject({ name: z.string(), role: role.default("viewer") })),
    answers: { status: 201, description: "They are added. Give them a link to log in.", shape: userShape },
    answer: (request, { body }) => bySession(request, () => addUser(request, body.name, body.role), 201),
  }),
  apiRoute({
    ...{ method: "put", path: `${path}/role`, ...administrator, summary: "Change a role, with a browser's session" },
    body: jsonBody(z.strictObject({ role })),
    answers: { description: "They have it; a lower one has ended their access so far.", shape: userShape },
    answer: (request, { body }) =>
      bySession(request, () => {
        setUserRole(request, nameIn(request), body.role);
        return findUser(request.portal, nameIn(request));
      }),
  }),
  apiRoute({
    ...{ method: "post", path: `${path}/disable`, ...administrator, summary: "End all access of a user" },
    answers: { description: "Sessions, tokens and links have ended.", shape: userShape },
    answer(request) {
      setUserDisabled(request, nameIn(request), true);
      return { kind: "json", value: findUser(request.portal, nameIn(request)) };
    },
  }),
  apiRoute({
    ...{ method: "post", path: `${path}/enable`, ...administrator, summary: "Let a user in, with a browser's session" },
    answers: { description: "They may come in again, and make new tokens.", shape: userShape },
    answer: request =>
      bySession(request, () => {
        setUserDisabled(request, nameIn(request), false);
        return findUser(request.portal, nameIn(request));
      }),
  }),
  apiRoute({
    ...{
      ...{ method: "post", path: `${path}/link`, ...administrator },
      summary: "Make a link that logs a user in once, to set a password; with a browser's session",
    },
    answers: {
      description: "The link, in this answer alone. It lives 12 hours.",
      status: 201,
      shape: z.strictObject({ link: z.string() }),
    },
    answer: request => bySession(request, () => ({ link: createLoginLink(request, nameIn(request)) }), 201),
  }),
];

function bySession(request: RequestContext, act: () => UserSummary | { link: string }, status = 200) {
  return requireBrowserSession(() => ({ kind: "json" as const, status, value: act() }))(request);
}

function nameIn({ parameters }: RequestContext): string {
  return parameters.name ?? "";
}
