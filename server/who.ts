import { parseCookie, stringifySetCookie } from "cookie";
import type { Request, RequestHandler, Response } from "express";
import { Refusal } from "../engines/page.ts";
import type { Person } from "../jobs/people.ts";
import { PERSON_NAME } from "../jobs/people.ts";
import type { People } from "../people/people.ts";
import type { Sessions } from "../people/sessions.ts";
import type { Tokens } from "../people/tokens.ts";
import type { Settings } from "../settings.ts";

/** Everything that says who somebody is. */
export interface Doors {
  settings: Settings;
  people: People;
  sessions: Sessions;
  tokens: Tokens;
}

/**
 * Finds out who asks: a token, the proxy in front, or the session of the cookie. Only a token that is none is refused
 * here, whatever else a request has: who sends one must not be taken for somebody else.
 */
export function findPerson(doors: Doors): RequestHandler {
  const { settings, sessions, tokens } = doors;
  return (request, response, next) => {
    const bearer = /^Bearer\b *(.*)$/i.exec(request.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      const person = tokens.person(bearer);
      if (!person) return next(new Refusal(401, "This token is not known, or its person is disabled.", NEW_TOKEN));
      Object.assign(response.locals, { person, byToken: true });
      return next();
    }
    const secret = cookieOf(settings, request);
    const person = settings.AUTH === "proxy" ? fromProxy(doors, request) : secret && sessions.person(secret);
    if (person) response.locals.person = person;
    if (secret) response.locals.secret = secret;
    next();
  };
}

const NEW_TOKEN = "Make a new one in the portal, under People.";

/** Gives a browser the secret of its session, or takes it away. */
export function setCookie(settings: Settings, response: Response, secret: string | undefined): void {
  response.append(
    "Set-Cookie",
    stringifySetCookie({
      name: cookieName(settings),
      value: secret ?? "",
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      secure: settings.PORTAL_ORIGIN?.startsWith("https:") === true,
      ...(secret === undefined && { maxAge: 0 }),
    }),
  );
}

function cookieOf(settings: Settings, request: Request): string | undefined {
  return parseCookie(request.headers.cookie ?? "")[cookieName(settings)] || undefined;
}

// Cookies know no ports: two portals on one machine must not log each other out.
function cookieName({ PORTAL_ORIGIN, PORTAL_PORT }: Settings): string {
  return PORTAL_ORIGIN?.startsWith("https:") ? "__Host-portal" : `portal-${PORTAL_PORT}`;
}

// The header is believed from the proxy alone; whoever comes for the first time gets AUTH_ROLE.
function fromProxy({ settings, people }: Doors, request: Request): Person | undefined {
  const caller = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  if (caller !== settings.AUTH_PROXY) return undefined;
  const name = request.get(settings.AUTH_HEADER);
  if (!name || !PERSON_NAME.test(name)) return undefined;
  const known = people.get(name) ?? people.add(name, settings.AUTH_ROLE);
  return known.disabled ? undefined : { name: known.name, role: known.role };
}
