import { parseCookie, stringifySetCookie } from "cookie";
import type { Request, RequestHandler, Response } from "express";
import { isPortalSecure } from "../../core/endpoints.ts";
import type { People } from "../../core/people/people.ts";
import type { Person } from "../../core/people/roles.ts";
import { PERSON_NAME } from "../../core/people/roles.ts";
import type { LoginSessions } from "../../core/people/sessions.ts";
import type { Tokens } from "../../core/people/tokens.ts";
import type { Settings } from "../../core/settings.ts";
import { HttpError } from "../../engines/portal/page.ts";
import type { LoginLimits } from "./login-limits.ts";

/** The stores that authenticate a person. */
export interface AuthServices {
  settings: Settings;
  people: People;
  sessions: LoginSessions;
  tokens: Tokens;
  limits: LoginLimits;
}

/**
 * Authenticates a request by token, by the proxy in front, or by the session cookie. A request with an invalid token is refused
 * even if it has a valid session: it must not act as another person.
 */
export function authenticate(auth: AuthServices): RequestHandler {
  const { settings, sessions, tokens } = auth;
  return (request, response, next) => {
    const bearer = /^Bearer\b *(.*)$/i.exec(request.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      const person = tokens.person(bearer);
      if (!person) return next(new HttpError(401, "This token is not known, or its person is disabled.", NEW_TOKEN));
      Object.assign(response.locals, { person, authenticatedBy: "token" });
      return next();
    }
    const secret = cookieOf(settings, request);
    const byProxy = settings.AUTH === "proxy";
    const person = byProxy ? fromProxy(auth, request) : secret && sessions.person(secret);
    if (person) Object.assign(response.locals, { person, authenticatedBy: byProxy ? "proxy" : "session" });
    if (secret) response.locals.secret = secret;
    next();
  };
}

const NEW_TOKEN = "Create a new token on the page of your account, /account.";

/** Gives a browser the secret of its session, or takes it away. */
export function setCookie(settings: Settings, response: Response, secret: string | undefined): void {
  appendCookie(settings, response, cookieName(settings), secret);
}

// Nobody needs longer for a password and a second factor.
const LOGIN_SECONDS = 600;

/** Gives a browser what it keeps while somebody logs in at the identity provider, or takes it away. */
export function setLoginStart(settings: Settings, response: Response, start: string | undefined): void {
  appendCookie(settings, response, `${cookieName(settings)}-login`, start, LOGIN_SECONDS);
}

/** What a browser kept of a log-in that it began. */
export function takeLoginStart(settings: Settings, cookies: string | undefined): string | undefined {
  return parseCookie(cookies ?? "")[`${cookieName(settings)}-login`] || undefined;
}

function appendCookie(settings: Settings, response: Response, name: string, value?: string, seconds?: number): void {
  const maxAge = value === undefined ? 0 : seconds;
  const cookie = stringifySetCookie({
    ...{ name, value: value ?? "", httpOnly: true, sameSite: "lax", path: "/" },
    secure: isPortalSecure(settings),
    ...(maxAge !== undefined && { maxAge }),
  });
  response.append("Set-Cookie", cookie);
}

function cookieOf(settings: Settings, request: Request): string | undefined {
  return parseCookie(request.headers.cookie ?? "")[cookieName(settings)] || undefined;
}

// Cookies know no ports: two portals on one machine must not log each other out.
function cookieName(settings: Settings): string {
  return isPortalSecure(settings) ? "__Host-portal" : `portal-${settings.PORTAL_PORT}`;
}

// The header is believed from the proxy alone; whoever comes for the first time gets AUTH_ROLE.
function fromProxy({ settings, people }: AuthServices, request: Request): Person | undefined {
  const caller = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  if (caller !== settings.AUTH_PROXY) return undefined;
  const name = request.get(settings.AUTH_HEADER);
  if (!name || !PERSON_NAME.test(name)) return undefined;
  const known = people.get(name) ?? people.add(name, settings.AUTH_ROLE);
  return known.disabled ? undefined : { name: known.name, role: known.role };
}
