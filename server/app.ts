import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import { rateLimit } from "express-rate-limit";
import { type JobPage, type Portal, Refusal, type Route } from "../engines/page.ts";
import { isEnough, type Person } from "../jobs/people.ts";
import { html, textOf, type View } from "../views/html.ts";
import { layout } from "../views/layout.ts";
import { notice } from "../views/parts/verdict.ts";
import { send } from "./answer.ts";
import { assets } from "./assets.ts";
import { errorDoor, wantsJson } from "./errors.ts";
import { securityHeaders } from "./headers.ts";
import { railFor } from "./places.ts";
import { sameOrigin } from "./same-origin.ts";
import { visitOf } from "./visit.ts";
import { type Doors, findPerson, setCookie } from "./who.ts";
import type { World } from "./world.ts";

/** What the app is made of. */
export interface AppParts {
  portal: Portal;
  doors: Doors;
  routes: readonly Route[];
  pages: readonly JobPage[];
  world(): World;
  /** Takes the time of every request. */
  time: RequestHandler;
  log(message: string): void;
}

/** The portal over HTTP: whatever is not expressly for anyone needs a person whose role is enough. */
export function createApp({ portal, doors, routes, pages, world, time, log }: AppParts): Express {
  const { settings } = portal;
  const served = assets();
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", false);
  // Nothing is kept by a cache, so no answer needs a tag.
  app.set("etag", false);
  app.enable("case sensitive routing");
  if (settings.AUTH === "proxy") app.set("trust proxy", settings.AUTH_PROXY);
  app.use(securityHeaders(settings.PORTAL_ORIGIN?.startsWith("https:") === true));
  app.use("/assets", served.serve);
  app.use(time);
  app.use(findPerson(doors), sameOrigin(settings.PORTAL_ORIGIN));
  app.post("/login", limitLogins());
  for (const route of routes) app[route.method](route.path, ...(route.streams ? [] : TEXTS), handler(route));
  app.use((request, response) => {
    if (!response.locals.person) return demandLogin(request, response);
    const hint = request.path.startsWith("/api/") ? "/api/openapi.json tells everything there is." : undefined;
    throw new Refusal(404, `There is nothing at ${request.path}.`, hint);
  });
  app.use(errorDoor(log, (request, title, body) => pageFor(request.res as Response, title, body, "")));
  return app;

  function handler(route: Route) {
    return async (request: Request, response: Response) => {
      const person = response.locals.person as Person | undefined;
      if (route.role !== "anyone") {
        if (!person) return demandLogin(request, response);
        if (!isEnough(person.role, route.role))
          throw new Refusal(
            403,
            `This needs the role ${route.role}; ${person.name} is ${person.role}.`,
            "An administrator can change that under People.",
          );
      }
      const answer = await route.answer(visitOf(portal, request, response));
      await send(answer, response, {
        page: ({ title, body, here }) => pageFor(response, title, body, here ?? request.path),
        leaveNotice: text => response.locals.secret && doors.sessions.leaveNotice(response.locals.secret, text),
        setSession: secret => {
          response.locals.secret = secret;
          setCookie(settings, response, secret);
        },
      });
    };
  }

  function pageFor(response: Response, title: string, body: View, here: string): string {
    const person = response.locals.person as Person | undefined;
    const told = response.locals.secret && doors.sessions.takeNotice(response.locals.secret);
    return textOf(
      layout({
        title,
        asset: served.address,
        body: html`${told && notice("good", told)}${body}`,
        ...(person && { rail: railFor(person, here, world(), pages) }),
      }),
    );
  }
}

// All that pages and API take is text, a small file that is sent by a form too.
const TEXTS = [
  express.text({ type: ["application/x-www-form-urlencoded", "application/json", "text/plain"], limit: "1mb" }),
  express.text({ type: "multipart/form-data", limit: "1200kb" }),
];

function demandLogin(request: Request, response: Response): void {
  if (wantsJson(request) || request.method !== "GET")
    throw new Refusal(401, "Nobody is logged in.", "Log in, or send a token: Authorization: Bearer …");
  const to = `/login?next=${encodeURIComponent(request.originalUrl)}`;
  // A part of a page that is asked for behind a person's back must not fill with the login.
  if (request.get("hx-request")) response.set("HX-Redirect", to).status(204).end();
  else response.redirect(303, to);
}

function limitLogins() {
  const window = { windowMs: 15 * 60_000, standardHeaders: "draft-8" as const, legacyHeaders: false };
  return rateLimit({
    ...window,
    limit: 20,
    skipSuccessfulRequests: true,
    handler: (_request, _response, next) =>
      next(new Refusal(429, "Too many attempts to log in from here.", "Wait a quarter of an hour.")),
  });
}
