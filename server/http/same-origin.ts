import type { RequestHandler } from "express";
import { portalAddress } from "../../core/endpoints.ts";
import { HttpError, type RequestContext, type RouteResult } from "../../engines/portal/page.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site makes a browser send: an unsafe request must say that it comes from this very origin, by
 * `Sec-Fetch-Site` or, in older browsers, by `Origin`. A token of the API is no browser's, and passes. Source: OWASP's
 * CSRF cheat sheet, fetch metadata with a fallback.
 */
export function sameOrigin(origin: string | undefined): RequestHandler {
  return (request, response, next) => {
    if (SAFE.has(request.method) || response.locals.authenticatedBy === "token" || isSame(request.headers, origin))
      return next();
    next(
      new CrossSite("This came from another site, or from a browser that does not say where from: nothing was done."),
    );
  };
}

/** A request that another site made. */
export class CrossSite extends Error {
  override name = "CrossSite";
}

function isSame(headers: NodeJS.Dict<string | string[]>, origin: string | undefined): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const from = headers.origin;
  if (typeof from !== "string") return false;
  if (origin && from === new URL(origin).origin) return true;
  // The host was checked before: it is one of the portal's own.
  return URL.canParse(from) && new URL(from).host === headers.host;
}

/** Refuses a request with a token where a logged-in person is required. A leaked token could else create more tokens. */
export function requireBrowserSession<A extends RouteResult | Promise<RouteResult>>(
  answer: (request: RequestContext) => A,
): (request: RequestContext) => A {
  return request => {
    // Decided by how the request was authenticated: the text of a header has more than one spelling.
    if (request.authenticatedBy !== "session" && request.authenticatedBy !== "proxy")
      throw new HttpError(403, "This is not done with a token.", "Log in, and do it on the page.");
    return answer(request);
  };
}

/** The address of this portal as others can open it: the one that is set, else the one that was asked just now. */
export function ownAddress({ portal, header }: Pick<RequestContext, "portal" | "header">): string {
  const host = header("host") ?? "";
  return portalAddress(portal.settings, /^[\w.:[\]-]+$/.test(host) ? host : undefined);
}
