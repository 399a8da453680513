import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { passwordProblem } from "../../../core/people/passwords.ts";
import {
  auditContext,
  HttpError,
  type RequestContext,
  type Route,
  type RouteResult,
} from "../../../engines/portal/page.ts";
import { html, type View } from "../../../views/html.ts";
import { sessionsCard } from "../../../views/pages/people/sessions.ts";
import { newTokenPage, ownTokens } from "../../../views/pages/people/tokens.ts";
import { button } from "../../../views/parts/button.ts";
import { card, head } from "../../../views/parts/card.ts";
import { textField } from "../../../views/parts/form.ts";
import { createToken, labelProblem, revokeToken } from "../../actions/people.ts";
import { endOtherSessions, endSession, ownSessions } from "../../actions/sessions.ts";
import type { AuthServices } from "../../http/authenticate.ts";
import { deviceOf } from "../../http/login.ts";
import { localAddress } from "../../http/names.ts";
import { ownAddress, requireBrowserSession } from "../../http/same-origin.ts";

/** One's own account: the password, and tokens for programs. */
export function accountRoutes(auth: AuthServices): Route[] {
  return [
    { method: "get", path: "/account", role: "viewer", answer: request => accountPage(request, auth) },
    {
      method: "post",
      path: "/account/password",
      role: "viewer",
      answer: requireBrowserSession(request => setPassword(request, auth)),
    },
    {
      method: "post",
      path: "/account/tokens",
      role: "viewer",
      answer: requireBrowserSession(request => makeToken(request, auth)),
    },
    {
      method: "post",
      path: "/account/tokens/:id/revoke",
      role: "viewer",
      answer: requireBrowserSession(endToken),
    },
    { method: "post", path: "/account/sessions/end-others", role: "viewer", answer: requireBrowserSession(endOthers) },
    { method: "post", path: "/account/sessions/:id/end", role: "viewer", answer: requireBrowserSession(endOne) },
  ];
}

/** What was wrong with what was typed, beside its field. */
interface Wrong {
  field: string;
  message: string;
}

function accountPage(request: RequestContext, auth: AuthServices, error?: Wrong): RouteResult {
  const { person, form, now } = request;
  const title = `${person.name}, ${person.role}`;
  const own = auth.tokens.list(person).filter(token => token.person === person.name);
  const wrong = error?.field === "label" ? error.message : undefined;
  const tokens = ownTokens(own, form.get("label") ?? "", wrong, now);
  // A proxy in front decides who is logged in; its sessions are not the portal's.
  const sessions = auth.settings.AUTH !== "proxy" && sessionsCard(ownSessions(request), now);
  const body = html`${head(title)}${passwordSheet(auth, person.name, error)}${sessions}${tokens}`;
  return { kind: "page", status: error ? 422 : 200, title, body, here: "/account" };
}

function passwordSheet({ people, settings }: AuthServices, name: string, error?: Wrong): View {
  if (settings.AUTH === "proxy")
    return html`<p class="soft">The proxy in front of this portal knows your password; there is none here.</p>`;
  const has = people.get(name)?.hasPassword;
  const wrong = (field: string) => (error?.field === field ? error.message : undefined);
  return card(
    { title: has ? "Change your password" : "Set a password" },
    html`<form method="post" action="/account/password" class="form">
${has && textField({ name: "current", label: "Your password now", type: "password", required: true, autocomplete: "current-password", error: wrong("current") })}
${textField({ name: "password", label: "The new one", type: "password", required: true, autocomplete: "new-password", hint: "At least 10 characters; a few words are best.", error: wrong("password") })}
<div class="row">${button(has ? "Change it" : "Set it", { look: "primary" })}</div></form>`,
  );
}

async function setPassword(request: RequestContext, auth: AuthServices): Promise<RouteResult> {
  const { person, form, secret, address } = request;
  if (auth.settings.AUTH === "proxy")
    throw new HttpError(409, "The proxy in front of this portal knows your password; there is none here.");
  const password = form.get("password") ?? "";
  const problem = passwordProblem(password, person.name);
  if (problem) return accountPage(request, auth, { field: "password", message: problem });
  if (auth.people.get(person.name)?.hasPassword) {
    // A session that somebody left open must not be the place to guess its password.
    const passed = auth.limits.attempt(person.name, address);
    const fits = await auth.people.check(person.name, form.get("current") ?? "");
    if (fits) passed();
    else return accountPage(request, auth, { field: "current", message: "This is not your password." });
  }
  await auth.people.setPassword(person.name, password);
  recordAuditEvent(auditContext(request), { what: "password" });
  // All access of this person has ended with the old password; this browser gets a new session.
  return {
    kind: "redirect",
    to: "/account",
    notice: "The password is set. Your other sessions, your tokens and links to log in have ended.",
    ...(secret && { session: auth.sessions.start(person.name, deviceOf(request)) }),
  };
}

// The text of the token stands in this answer alone: a notice or an address would keep it.
function makeToken(request: RequestContext, auth: AuthServices): RouteResult {
  const label = (request.form.get("label") ?? "").replace(/\p{Cc}+/gu, " ").trim();
  const problem = labelProblem(label);
  if (problem) return accountPage(request, auth, { field: "label", message: problem });
  const body = newTokenPage(label, createToken(request, label), ownAddress(request));
  return { kind: "page", title: "A new token", body, here: "/account" };
}

function endToken(request: RequestContext): RouteResult {
  const token = revokeToken(request, request.parameters.id ?? "");
  const to = localAddress(request.form.get("back") ?? "/account");
  return { kind: "redirect", to, notice: `The token “${token.label}” is revoked.` };
}

function endOne(request: RequestContext): RouteResult {
  endSession(request, request.parameters.id ?? "");
  return { kind: "redirect", to: "/account", notice: "The session has ended." };
}

function endOthers(request: RequestContext): RouteResult {
  const ended = endOtherSessions(request);
  const notice = ended === 1 ? "The other session has ended." : `${ended} other sessions have ended.`;
  return { kind: "redirect", to: "/account", notice };
}
