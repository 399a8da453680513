import { isEnough, ROLES, type Role } from "../../../core/people/roles.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../../engines/portal/page.ts";
import { linkPage, peoplePage } from "../../../views/pages/people/people.ts";
import { addUser, createLoginLink, listUsers, setUserDisabled, setUserRole } from "../../actions/people.ts";
import type { AuthServices } from "../../http/authenticate.ts";
import { requireBrowserSession } from "../../http/same-origin.ts";

/** The page Users: people and their roles, for administrators. */
export function peopleRoutes(auth: AuthServices): Route[] {
  const route = (
    method: "get" | "post",
    path: string,
    answer: (request: RequestContext, auth: AuthServices) => RouteResult,
  ): Route => ({
    ...{ method, path, role: "administrator" },
    answer: requireBrowserSession(request => answer(request, auth)),
  });
  return [
    route("get", "/people", request => list(request, auth)),
    route("post", "/people", add),
    route("post", "/people/:name/role", changeRole),
    route("post", "/people/:name/disable", disable),
    route("post", "/people/:name/enable", enable),
    route("post", "/people/:name/link", giveLink),
  ];
}

function list(
  { portal, person, form, now }: RequestContext,
  { tokens, settings }: AuthServices,
  error?: string,
): RouteResult {
  const body = peoplePage({
    people: listUsers(portal).map(user => ({ ...user, self: user.name === person.name })),
    tokens: tokens.list(person),
    roles: ROLES,
    byProxy: settings.AUTH === "proxy",
    typed: { name: form.get("name") ?? "", role: form.get("role") ?? "viewer" },
    ...(error && { error }),
    now,
  });
  return { kind: "page", status: error ? 422 : 200, title: "Users", body, here: "/people" };
}

function add(request: RequestContext, auth: AuthServices): RouteResult {
  const name = request.form.get("name")?.trim() ?? "";
  const role = roleOf(request);
  try {
    addUser(request, name, role);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return list(request, auth, error.message);
  }
  const next = auth.settings.AUTH === "proxy" ? "" : " Give them a link to log in.";
  return { kind: "redirect", to: "/people", notice: `${name} may come in as ${role}.${next}` };
}

function changeRole(request: RequestContext): RouteResult {
  const name = nameIn(request);
  const role = roleOf(request);
  const before = setUserRole(request, name, role);
  if (role === before) return { kind: "redirect", to: "/people", notice: `${name} is ${role} already.` };
  const ended = isEnough(role, before) ? "" : " Their sessions, tokens and links to log in have ended.";
  return { kind: "redirect", to: "/people", notice: `${name} is ${role} now.${ended}` };
}

function disable(request: RequestContext): RouteResult {
  setUserDisabled(request, nameIn(request), true);
  const notice = `${nameIn(request)} can't come in any more: sessions, tokens and links to log in have ended.`;
  return { kind: "redirect", to: "/people", notice };
}

function enable(request: RequestContext): RouteResult {
  setUserDisabled(request, nameIn(request), false);
  const notice = `${nameIn(request)} may come in again. Their tokens have ended: they make new ones.`;
  return { kind: "redirect", to: "/people", notice };
}

// The link is told in this answer alone: a notice or an address would keep it.
function giveLink(request: RequestContext): RouteResult {
  const name = nameIn(request);
  const link = createLoginLink(request, name);
  return { kind: "page", title: `A link for ${name}`, body: linkPage(name, link), here: "/people" };
}

function nameIn({ parameters }: RequestContext): string {
  return parameters.name ?? "";
}

function roleOf({ form }: RequestContext): Role {
  const role = ROLES.find(known => known === form.get("role"));
  if (!role) throw new HttpError(422, "There is no such role.", `Choose ${ROLES.join(", ")}.`);
  return role;
}
