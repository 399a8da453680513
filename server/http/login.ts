import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import type { Settings } from "../../core/settings.ts";
import {
  auditContext,
  HttpError,
  type RequestContext,
  type Route,
  type RouteResult,
} from "../../engines/portal/page.ts";
import { html, type Part, type View } from "../../views/html.ts";
import { button, linkButton } from "../../views/parts/button.ts";
import { textField } from "../../views/parts/form.ts";
import { notice } from "../../views/parts/verdict.ts";
import type { AuthServices } from "./authenticate.ts";
import { localAddress } from "./names.ts";

/** The ways in and out: name and password, a link that works once, the logout. */
export function loginRoutes(auth: AuthServices): Route[] {
  return [
    { method: "get", path: "/login", role: "anyone", answer: request => loginPage(request, auth) },
    { method: "post", path: "/login", role: "anyone", answer: request => logIn(request, auth) },
    // Programs that look at a link before a person does ask with HEAD, which must not use it up.
    { method: "head", path: "/welcome", role: "anyone", answer: () => ({ kind: "text", text: "" }) },
    { method: "get", path: "/welcome", role: "anyone", answer: request => welcome(request, auth) },
    { method: "post", path: "/logout", role: "anyone", answer: request => logOut(request, auth) },
  ];
}

/** The page that asks who somebody is, with what went wrong before. */
export function loginPage(request: RequestContext, { settings }: AuthServices, error?: string): RouteResult {
  if (request.person.name) return { kind: "redirect", to: localAddress(request.query.get("next")) };
  if (settings.AUTH === "proxy") {
    const why = `This portal is told by a proxy who somebody is (AUTH=proxy), and ${request.address} is not that proxy or named nobody.`;
    return {
      kind: "page",
      status: 401,
      title: "Log in",
      body: html`<h1>Log in</h1>${notice("bad", why)}<p>Open the portal through the proxy.</p>`,
    };
  }
  return { kind: "page", status: error ? 401 : 200, title: "Log in", body: loginForm(request, settings, error) };
}

function loginForm(request: RequestContext, settings: Settings, error: string | undefined): View {
  const next = localAddress(request.form.get("next") ?? request.query.get("next"));
  return html`<h1>Data Operations Portal</h1>${error && notice("bad", error)}${oidcLink(settings, next, request.query.has("out"))}
<form method="post" action="/login?next=${encodeURIComponent(next)}" class="form">
${textField({ name: "name", label: "Name", value: request.form.get("name") ?? "", required: true, autocomplete: "username" })}
${textField({ name: "password", label: "Password", type: "password", required: true, autocomplete: "current-password" })}
<div class="row">${button("Log in", { look: "primary" })}</div></form>
<p class="soft">New here? <code>npm start</code> prints a link that logs you in. <code>npm run people -- link NAME</code> prints another.</p>`;
}

// A link and not a form: a browser lets a form of this page lead nowhere else.
function oidcLink({ OIDC_ISSUER, OIDC_NAME }: Settings, next: string, isOut: boolean): Part {
  if (!OIDC_ISSUER) return undefined;
  const name = OIDC_NAME ?? new URL(OIDC_ISSUER).hostname;
  const out = html`You are logged out here, and not at ${name}. <a href="/login/oidc/logout">Log out there, too</a>`;
  return html`${isOut && notice("wait", out)}
<p>${linkButton(`Log in with ${name}`, `/login/oidc?next=${encodeURIComponent(next)}`, "primary")}</p><p class="soft">Or with a password of this portal:</p>`;
}

async function logIn(request: RequestContext, auth: AuthServices): Promise<RouteResult> {
  const name = request.form.get("name") ?? "";
  const passed = auth.limits.attempt(name, request.address);
  const person = await auth.people.check(name, request.form.get("password") ?? "");
  if (!person) {
    // What was typed as a name may be a password: only a known name is written down.
    const by = auth.people.get(name) ? name : "unknown";
    const { portal, address: from, via } = request;
    recordAuditEvent({ layout: portal.layout, by, from, via }, { what: "failed log in" });
    return loginPage(request, auth, "Name or password is wrong.");
  }
  passed();
  recordAuditEvent(auditContext({ ...request, person }), { what: "log in" });
  return {
    kind: "redirect",
    to: localAddress(request.query.get("next")),
    session: auth.sessions.start(person.name, deviceOf(request)),
  };
}

/** Where a session is started from, for the list on the account's page. */
export function deviceOf({ header, address }: Pick<RequestContext, "header" | "address">): {
  agent: string | undefined;
  address: string;
} {
  return { agent: header("user-agent"), address };
}

// A link that was used up is no trouble for somebody who is in already.
function welcome(request: RequestContext, auth: AuthServices): RouteResult {
  if (isPrefetch(request)) throw new HttpError(503, "A link to log in is not opened ahead of time.");
  const name = auth.tokens.takeLink(request.query.get("link") ?? "");
  const member = name === undefined ? undefined : auth.people.get(name);
  if (!member || member.disabled) {
    if (request.person.name) return { kind: "redirect", to: "/" };
    return loginPage(
      request,
      auth,
      "This link was used already, or is older than 12 hours. Print another with: npm run people -- link NAME",
    );
  }
  recordAuditEvent(auditContext({ ...request, person: member }), { what: "log in", detail: "by link" });
  const hint = member.hasPassword
    ? {}
    : {
        notice: `Welcome, ${member.name}. Set a password on the page of your account, so that you can log in without a link.`,
      };
  return { kind: "redirect", to: "/", session: auth.sessions.start(member.name, deviceOf(request)), ...hint };
}

function isPrefetch({ header }: RequestContext): boolean {
  return ["sec-purpose", "purpose", "x-moz"].some(name => /prefetch|prerender/i.test(header(name) ?? ""));
}

function logOut(request: RequestContext, { sessions, settings }: AuthServices): RouteResult {
  const secret = request.secret;
  const byOidc = secret !== undefined && sessions.startedBy(secret) === "oidc";
  if (secret) sessions.end(secret);
  if (request.person.name) recordAuditEvent(auditContext(request), { what: "log out" });
  return { kind: "redirect", to: settings.AUTH === "proxy" ? "/" : byOidc ? "/login?out" : "/login", session: null };
}
