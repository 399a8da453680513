import type { RequestHandler } from "express";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site makes a browser send: an unsafe request must say that it comes from this very origin, by
 * `Sec-Fetch-Site` or, in older browsers, by `Origin`. A token of the API is no browser's, and passes. Source: OWASP's
 * CSRF cheat sheet, fetch metadata with a fallback.
 */
export function sameOrigin(origin: string | undefined): RequestHandler {
  return (request, response, next) => {
    if (SAFE.has(request.method) || response.locals.byToken === true || isSame(request.headers, origin)) return next();
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
  if (origin) return from === new URL(origin).origin;
  return URL.canParse(from) && new URL(from).host === headers.host;
}
