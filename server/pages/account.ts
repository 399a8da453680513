import { type Deed, recordDeed } from "../../audit/deeds.ts";
import { type Answer, Refusal, type Route, type Visit } from "../../engines/page.ts";
import { passwordProblem } from "../../people/passwords.ts";
import { html, type View } from "../../views/html.ts";
import { newTokenPage, ownTokens } from "../../views/pages/tokens.ts";
import { button } from "../../views/parts/button.ts";
import { textField } from "../../views/parts/form.ts";
import { head, sheet } from "../../views/parts/sheet.ts";
import { localPath } from "../names.ts";
import { ownAddress } from "../own-address.ts";
import { byHand } from "../own-hands.ts";
import type { Doors } from "../who.ts";

/** One's own account: the password, and tokens for programs. */
export function accountRoutes(doors: Doors): Route[] {
  return [
    { method: "get", path: "/account", role: "viewer", answer: visit => accountPage(visit, doors) },
    { method: "post", path: "/account/password", role: "viewer", answer: byHand(visit => setPassword(visit, doors)) },
    { method: "post", path: "/account/tokens", role: "viewer", answer: byHand(visit => makeToken(visit, doors)) },
    {
      method: "post",
      path: "/account/tokens/:id/revoke",
      role: "viewer",
      answer: byHand(visit => revokeToken(visit, doors)),
    },
  ];
}

/** What was wrong with what was typed, beside its field. */
interface Wrong {
  field: string;
  message: string;
}

function accountPage({ person, form, now }: Visit, doors: Doors, error?: Wrong): Answer {
  const title = `${person.name}, ${person.role}`;
  const own = doors.tokens.list(person).filter(token => token.person === person.name);
  const wrong = error?.field === "label" ? error.message : undefined;
  const tokens = ownTokens(own, form.get("label") ?? "", wrong, now);
  const body = html`${head(title)}${passwordSheet(doors, person.name, error)}${tokens}`;
  return { kind: "page", status: error ? 422 : 200, title, body, here: "/account" };
}

function passwordSheet({ people, settings }: Doors, name: string, error?: Wrong): View {
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
  const { person, form, secret } = visit;
  if (doors.settings.AUTH === "proxy")
    throw new Refusal(409, "The proxy in front of this portal knows your password; there is none here.");
  const password = form.get("password") ?? "";
  const problem = passwordProblem(password, person.name);
  if (problem) return accountPage(visit, doors, { field: "password", message: problem });
  const fits =
    !doors.people.get(person.name)?.hasPassword || (await doors.people.check(person.name, form.get("current") ?? ""));
  if (!fits) return accountPage(visit, doors, { field: "current", message: "This is not your password." });
  await doors.people.setPassword(person.name, password);
  record(visit, { what: "password" });
  // All sessions of this person have ended with the old password; this browser gets a new one.
  return {
    kind: "redirect",
    to: "/account",
    notice: "The password is set.",
    ...(secret && { session: doors.sessions.start(person.name) }),
  };
}

// The text of the token stands in this answer alone: a notice or an address would keep it.
function makeToken(visit: Visit, doors: Doors): Answer {
  const { person, form } = visit;
  const label = (form.get("label") ?? "").replace(/\p{Cc}+/gu, " ").trim();
  const problem = label === "" ? "Say what it is for, so that it can be told from others." : undefined;
  const long = label.length > LONGEST ? `${LONGEST} characters at most.` : undefined;
  if (problem ?? long) return accountPage(visit, doors, { field: "label", message: problem ?? long ?? "" });
  const token = doors.tokens.make(person.name, label);
  record(visit, { what: "token", about: label, detail: "made" });
  const body = newTokenPage(label, token, ownAddress(visit));
  return { kind: "page", title: "A new token", body, here: "/account" };
}

function revokeToken(visit: Visit, doors: Doors): Answer {
  const { person, parameters, form } = visit;
  const token = doors.tokens.list(person).find(({ id }) => id === parameters.id);
  if (!token || !doors.tokens.revoke(token.id, person))
    throw new Refusal(404, "There is no such token: it was revoked already, or is not yours.", "Look at your tokens.");
  const whose = token.person === person.name ? "" : ` of ${token.person}`;
  record(visit, { what: "token", about: token.label, detail: `revoked${whose}` });
  const to = localPath(form.get("back") ?? "/account");
  return { kind: "redirect", to, notice: `The token “${token.label}” is revoked.` };
}

const LONGEST = 80;

function record({ portal, person, address, now }: Visit, deed: Pick<Deed, "what" | "about" | "detail">): void {
  const { name: by, role } = person;
  recordDeed(portal.layout, { at: new Date(now).toISOString(), by, role, from: address, ...deed });
}
