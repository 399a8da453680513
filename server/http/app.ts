import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import { isPortalSecure } from "../../core/endpoints.ts";
import { isEnough, type Person } from "../../core/people/roles.ts";
import type { Settings } from "../../core/settings.ts";
import { HttpError, type Portal, type Route, type TypePages } from "../../engines/portal/page.ts";
import { html, textOf, type View } from "../../views/html.ts";
import { layout } from "../../views/layout.ts";
import { setUpNotice } from "../../views/pages/home/set-up.ts";
import { notice } from "../../views/parts/verdict.ts";
import { navigationFor } from "../state/navigation.ts";
import type { PortalStatus } from "../state/portal-status.ts";
import { assets } from "./assets.ts";
import { type AuthServices, authenticate, setCookie, setLoginStart } from "./authenticate.ts";
import { errorHandler, wantsJson } from "./errors.ts";
import { securityHeaders } from "./headers.ts";
import { requireKnownHost } from "./known-hosts.ts";
import { requestContextOf } from "./request-context.ts";
import { sameOrigin } from "./same-origin.ts";
import { send } from "./send.ts";

/** What the app is made of. */
export interface AppParts {
  portal: Portal;
  auth: AuthServices;
  routes: readonly Route[];
  pages: readonly TypePages[];
  portalStatus(): PortalStatus;
  /** Takes the time of every request. */
  time: RequestHandler;
  log(message: string): void;
}

/** The Express app. Every route that is not marked for anyone requires a person with a sufficient role. */
export function createApp({ portal, auth, routes, pages, portalStatus, time, log }: AppParts): Express {
  const { settings } = portal;
  const served = assets();
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", false);
  // Nothing is kept by a cache, so no answer needs a tag.
  app.set("etag", false);
  app.enable("case sensitive routing");
  app.set("trust proxy", proxiesOf(settings));
  app.use(securityHeaders(isPortalSecure(settings)));
  app.use(requireKnownHost(settings));
  app.use("/assets", served.serve);
  app.use(time);
  app.use(authenticate(auth), sameOrigin(settings.PORTAL_ORIGIN));
  for (const route of routes) app[route.method](route.path, ...(route.streams ? [] : TEXTS), handler(route));
  app.use((request, response) => {
    if (!response.locals.person) return demandLogin(request, response);
    const hint = request.path.startsWith("/api/") ? "/api/openapi.json tells everything there is." : undefined;
    throw new HttpError(404, `There is nothing at ${request.path}.`, hint);
  });
  app.use(errorHandler(log, (request, title, body) => pageFor(request.res as Response, title, body, "")));
  return app;

  function handler(route: Route) {
    return async (request: Request, response: Response) => {
      const person = response.locals.person as Person | undefined;
      if (route.role !== "anyone") {
        if (!person) return demandLogin(request, response);
        if (!isEnough(person.role, route.role))
          throw new HttpError(
            403,
            `This needs the role ${route.role}; ${person.name} is ${person.role}.`,
            "An administrator can change that under Users.",
          );
      }
      const answer = await route.answer(requestContextOf(portal, request, response));
      await send(answer, response, {
        page: ({ title, body, here, refresh }) => pageFor(response, title, body, here ?? request.path, refresh),
        leaveNotice: text => response.locals.secret && auth.sessions.leaveNotice(response.locals.secret, text),
        setSession: secret => {
          response.locals.secret = secret;
          setCookie(settings, response, secret);
        },
        setLoginStart: start => setLoginStart(settings, response, start),
      });
    };
  }

  function pageFor(response: Response, title: string, body: View, here: string, refresh?: number): string {
    const person = response.locals.person as Person | undefined;
    // HEAD changes nothing: a notice is for the page that a person sees.
    const isSeen = response.req.method !== "HEAD" && response.locals.secret;
    const message = isSeen && auth.sessions.takeNotice(response.locals.secret);
    return textOf(
      layout({
        title,
        ...(refresh !== undefined && { refresh }),
        asset: served.address,
        // The overview has all of it.
        body: html`${person && here !== "/" && setUpOf(portalStatus())}${message && notice("good", message)}${body}`,
        ...(person && { sidebar: navigationFor(person, here, portalStatus(), pages) }),
      }),
    );
  }
}

function setUpOf({ setUp }: PortalStatus): View | undefined {
  return setUp.length > 0 ? setUpNotice(setUp) : undefined;
}

// All that pages and API take is text, a small file that is sent by a form too.
const TEXTS = [
  express.text({ type: ["application/x-www-form-urlencoded", "application/json", "text/plain"], limit: "1mb" }),
  express.text({ type: "multipart/form-data", limit: "1200kb" }),
];

function demandLogin(request: Request, response: Response): void {
  if (wantsJson(request) || request.method !== "GET")
    throw new HttpError(401, "Nobody is logged in.", "Log in, or send a token: Authorization: Bearer …");
  const to = `/login?next=${encodeURIComponent(request.originalUrl)}`;
  // A part of a page that is asked for behind a person's back must not fill with the login.
  if (request.get("hx-request")) response.set("HX-Redirect", to).status(204).end();
  else response.redirect(303, to);
}

// The proxies whose X-Forwarded-For is trusted. Any other client could write what it likes.
function proxiesOf({ AUTH, AUTH_PROXY, PORTAL_PROXY = "" }: Settings): string[] {
  const listed = PORTAL_PROXY.split(",").map(entry => entry.trim());
  return [...listed, AUTH === "proxy" ? AUTH_PROXY : ""].filter(Boolean);
}
