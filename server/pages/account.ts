import { recordDeed } from "../../audit/deeds.ts";
import type { Answer, Route, Visit } from "../../engines/page.ts";
import { Refusal } from "../../engines/page.ts";
import { passwordProblem } from "../../people/passwords.ts";
import { html, type View } from "../../views/html.ts";
import { button } from "../../views/parts/button.ts";
import { textField } from "../../views/parts/form.ts";
import { head, sheet } from "../../views/parts/sheet.ts";
import type { Doors } from "../who.ts";

/** One's own account: the password. */
export function accountRoutes(doors: Doors): Route[] {
  return [
    { method: "get", path: "/account", role: "viewer", answer: visit => accountPage(visit, doors) },
    { method: "post", path: "/account/password", role: "viewer", answer: visit => setPassword(visit, doors) },
  ];
}

function accountPage({ person }: Visit, doors: Doors, error?: { field: string; message: string }): Answer {
  const title = `${person.name}, ${person.role}`;
  return {
    kind: "page",
    status: error ? 422 : 200,
    title,
    body: html`${head(title)}${passwordSheet(doors, person.name, error)}`,
  };
}

function passwordSheet({ people, settings }: Doors, name: string, error?: { field: string; message: string }): View {
  if (settings.AUTH === "proxy")
    return html`<p class="soft">The proxy in front of this portal knows your password; there is none here.</p>`;
  const has = people.get(name)?.hasPassword;
  const wrong = (field: string) => (error?.field === field ? error.message : undefined);
  return sheet(
    { title: has ? "Change your password" : "Set a password" },
    html`<form method="post" action="/account/password" class="form">
${has && textField({ name: "current", label: "Your password now", type: "password", required: true, autocomplete: "current-password", error: wrong("current") })}
${textField({ name: "password", label: "The new one", type: "password", required: true, autocomplete: "new-password", hint: "At least 10 characters; a few words are best.", error: wrong("password") })}
<div class="row">${button(has ? "Change it" : "Set it", { look: "primary" })}</div></form>`,
  );
}

async function setPassword(visit: Visit, doors: Doors): Promise<Answer> {
  const { person, form, secret, portal, address, now } = visit;
  if (doors.settings.AUTH === "proxy")
    throw new Refusal(409, "The proxy in front of this portal knows your password; there is none here.");
  const password = form.get("password") ?? "";
  const problem = passwordProblem(password, person.name);
  if (problem) return accountPage(visit, doors, { field: "password", message: problem });
  const fits =
    !doors.people.get(person.name)?.hasPassword || (await doors.people.check(person.name, form.get("current") ?? ""));
  if (!fits) return accountPage(visit, doors, { field: "current", message: "This is not your password." });
  await doors.people.setPassword(person.name, password);
  recordDeed(portal.layout, {
    at: new Date(now).toISOString(),
    by: person.name,
    role: person.role,
    from: address,
    what: "password",
  });
  // All sessions of this person have ended with the old password; this browser gets a new one.
  return {
    kind: "redirect",
    to: "/account",
    notice: "The password is set.",
    ...(secret && { session: doors.sessions.start(person.name) }),
  };
}
