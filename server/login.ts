import { recordDeed } from "../audit/deeds.ts";
import type { Answer, Route, Visit } from "../engines/page.ts";
import { html, type View } from "../views/html.ts";
import { button } from "../views/parts/button.ts";
import { textField } from "../views/parts/form.ts";
import { notice } from "../views/parts/verdict.ts";
import { localPath } from "./names.ts";
import type { Doors } from "./who.ts";

/** The ways in and out: name and password, a link that works once, the logout. */
export function loginRoutes(doors: Doors): Route[] {
  return [
    { method: "get", path: "/login", role: "anyone", answer: visit => loginPage(visit, doors) },
    { method: "post", path: "/login", role: "anyone", answer: visit => logIn(visit, doors) },
    { method: "get", path: "/welcome", role: "anyone", answer: visit => welcome(visit, doors) },
    { method: "post", path: "/logout", role: "anyone", answer: visit => logOut(visit, doors) },
  ];
}

function loginPage(visit: Visit, { settings }: Doors, error?: string): Answer {
  if (visit.person.name) return { kind: "redirect", to: localPath(visit.query.get("next")) };
  if (settings.AUTH === "proxy") {
    const why = `This portal is told by a proxy who somebody is (AUTH=proxy), and ${visit.address} is not that proxy or named nobody.`;
    return {
      kind: "page",
      status: 401,
      title: "Log in",
      body: html`<h1>Log in</h1>${notice("bad", why)}<p>Open the portal through the proxy.</p>`,
    };
  }
  return { kind: "page", status: error ? 401 : 200, title: "Log in", body: loginForm(visit, error) };
}

function loginForm(visit: Visit, error: string | undefined): View {
  const next = localPath(visit.form.get("next") ?? visit.query.get("next"));
  return html`<h1>Data Operations Portal</h1>${error && notice("bad", error)}
<form method="post" action="/login?next=${encodeURIComponent(next)}" class="form">
${textField({ name: "name", label: "Name", value: visit.form.get("name") ?? "", required: true, autocomplete: "username" })}
${textField({ name: "password", label: "Password", type: "password", required: true, autocomplete: "current-password" })}
<div class="row">${button("Log in", { look: "primary" })}</div></form>
<p class="soft">New here? <code>npm start</code> prints a link that logs you in. <code>npm run people -- link NAME</code> prints another.</p>`;
}

async function logIn(visit: Visit, doors: Doors): Promise<Answer> {
  const name = visit.form.get("name") ?? "";
  const person = await doors.people.check(name, visit.form.get("password") ?? "");
  const at = new Date(visit.now).toISOString();
  if (!person) {
    // What was typed as a name may be a password: only a known name is written down.
    const by = doors.people.get(name) ? name : "unknown";
    recordDeed(visit.portal.layout, { at, by, from: visit.address, what: "failed log in" });
    return loginPage(visit, doors, "Name or password is wrong.");
  }
  recordDeed(visit.portal.layout, { at, by: person.name, role: person.role, from: visit.address, what: "log in" });
  return { kind: "redirect", to: localPath(visit.query.get("next")), session: doors.sessions.start(person.name) };
}

// A link that was used up is no trouble for somebody who is in already.
function welcome(visit: Visit, doors: Doors): Answer {
  const name = doors.tokens.takeLink(visit.query.get("link") ?? "");
  const member = name === undefined ? undefined : doors.people.get(name);
  if (!member || member.disabled) {
    if (visit.person.name) return { kind: "redirect", to: "/" };
    return loginPage(
      visit,
      doors,
      "This link was used already, or is older than 12 hours. Print another with: npm run people -- link NAME",
    );
  }
  const { name: by, role } = member;
  recordDeed(visit.portal.layout, {
    at: new Date(visit.now).toISOString(),
    by,
    role,
    from: visit.address,
    what: "log in",
    detail: "by link",
  });
  const hint = member.hasPassword
    ? {}
    : {
        notice: `Welcome, ${by}. Set a password under your name, at the foot of the rail, to come back without a link.`,
      };
  return { kind: "redirect", to: "/", session: doors.sessions.start(by), ...hint };
}

function logOut(visit: Visit, { sessions, settings }: Doors): Answer {
  const secret = visit.secret;
  if (secret) sessions.end(secret);
  if (visit.person.name) {
    const { name: by, role } = visit.person;
    recordDeed(visit.portal.layout, {
      at: new Date(visit.now).toISOString(),
      by,
      role,
      from: visit.address,
      what: "log out",
    });
  }
  return { kind: "redirect", to: settings.AUTH === "proxy" ? "/" : "/login", session: null };
}
