import type { Request, Response } from "express";
import type { Person } from "../../core/people/roles.ts";
import type { Portal, RequestContext } from "../../engines/portal/page.ts";

const NOBODY: Person = { name: "", role: "viewer" };

/** A request as pages and API see it. Who asks was found out before. */
export function requestContextOf(portal: Portal, request: Request, response: Response): RequestContext {
  const body = typeof request.body === "string" ? request.body : "";
  const isForm = request.is("application/x-www-form-urlencoded") !== false;
  return {
    portal,
    person: (response.locals.person as Person | undefined) ?? NOBODY,
    ...(response.locals.authenticatedBy && { authenticatedBy: response.locals.authenticatedBy }),
    ...(response.locals.secret && { secret: String(response.locals.secret) }),
    address: request.ip ?? "",
    via: request.path.startsWith("/api/") ? "api" : "portal",
    path: request.path,
    parameters: Object.fromEntries(Object.entries(request.params).map(([key, value]) => [key, String(value)])),
    query: new URL(request.originalUrl, "http://portal").searchParams,
    form: new URLSearchParams(isForm ? body : ""),
    body: isForm ? "" : body,
    incoming: request,
    header: name => request.get(name),
    now: Date.now(),
  };
}
