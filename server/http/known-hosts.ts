import { isIP } from "node:net";
import type { RequestHandler } from "express";
import { isPortalSecure } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { HttpError } from "../../engines/portal/page.ts";

type HostSettings = Pick<Settings, "PORTAL_HOST" | "PORTAL_ORIGIN" | "PORTAL_ALLOWED_HOSTS"> &
  Partial<Pick<Settings, "PORTAL_TLS_CERT_FILE">>;

/**
 * Refuses a request whose `Host` is none of the portal's own. A page of another site can give its own name this
 * machine's address (DNS rebinding), and would then be of the same origin as the portal.
 */
export function requireKnownHost(settings: HostSettings): RequestHandler {
  const isKnown = knownHosts(settings);
  return (request, _response, next) => {
    if (isKnown(request.headers.host)) return next();
    next(new HttpError(421, "The portal is not known under this name.", HINT));
  };
}

const HINT =
  "Open it under its own address. The name of another is set in .env: PORTAL_ORIGIN, or PORTAL_ALLOWED_HOSTS where there are several.";

/** Whether a `Host` header names this portal. A loopback address always does: no other site can be at one. */
export function knownHosts(settings: HostSettings): (host: string | undefined) => boolean {
  const { PORTAL_HOST, PORTAL_ORIGIN, PORTAL_ALLOWED_HOSTS = "" } = settings;
  const written = [PORTAL_HOST, ...PORTAL_ALLOWED_HOSTS.split(",")].map(name => name.trim().toLowerCase());
  const names = new Set(written.filter(Boolean).map(bracketed));
  const protocol = isPortalSecure(settings) ? "https:" : "http:";
  const origin = PORTAL_ORIGIN && new URL(PORTAL_ORIGIN).host;
  const isEverywhere = PORTAL_HOST === "0.0.0.0" || PORTAL_HOST === "::";
  return host => {
    if (!host || !/^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host)) return false;
    if (!URL.canParse(`${protocol}//${host}`)) return false;
    const url = new URL(`${protocol}//${host}`);
    // An address that is written as digits cannot be another site's name.
    return (
      isLoopback(url.hostname) ||
      url.host === origin ||
      names.has(url.hostname) ||
      names.has(url.host) ||
      (isEverywhere && isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0)
    );
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
