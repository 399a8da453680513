import { state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button, confirm } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { copyable } from "../../parts/facts.ts";
import { selectField, textField } from "../../parts/form.ts";
import { type Column, table } from "../../parts/table.ts";
import { notice } from "../../parts/verdict.ts";
import { type TokenLine, tokensTable } from "./tokens.ts";

/** Somebody who may come in. */
export interface PersonLine {
  name: string;
  role: string;
  disabled: boolean;
  hasPassword: boolean;
  /** Set where an identity provider logs the person in. */
  identity?: string;
  created: string;
  seen?: string | undefined;
  self: boolean;
}

/** Everything that the page of people shows. */
export interface PeoplePage {
  people: readonly PersonLine[];
  tokens: readonly TokenLine[];
  roles: readonly string[];
  /** A proxy says who somebody is: there are no passwords or links here. */
  byProxy: boolean;
  typed: { name: string; role: string };
  error?: string;
  now: number;
}

/** Who may come in, as what, and what can be done about it. */
export function peoplePage(page: PeoplePage): View {
  const { people, tokens, byProxy, now } = page;
  const description =
    byProxy &&
    notice(
      "wait",
      "A proxy in front of this portal says who somebody is. Whoever comes for the first time appears here.",
    );
  return html`${head("Users")}${description}
${card({ title: "Users", look: "tight", aside: `${people.length}` }, table({ caption: "Users", columns: columns(page) }, people))}
${card({ title: "Add user" }, addForm(page))}
${card({ title: "Tokens of the API", look: "tight", aside: "everybody's; each is made under its person's own name" }, tokensTable(tokens, { whose: true, back: "/people", now }))}`;
}

/** A link that logs somebody in, told once. */
export function linkPage(name: string, link: string): View {
  return html`${head(`A link for ${name}`)}
${notice("good", `It logs ${name} in, once, within 12 hours. It is shown only now: give it to nobody else.`)}
${copyable(link, `The link that logs ${name} in`)}<p><a href="/people">Back to users</a></p>`;
}

function addForm({ roles, typed, error }: PeoplePage): View {
  return html`<form method="post" action="/people" class="form">
${textField({ name: "name", label: "Name", value: typed.name, required: true, autocomplete: "off", error, hint: "Letters, digits and . _ @ - as it shall stand in the audit." })}
${selectField({ name: "role", label: "Role", value: typed.role, options: roles.map(role => [role, `${role}: ${MAY[role] ?? ""}`]) })}
<div class="row">${button("Add user", { look: "primary" })}</div></form>`;
}

const MAY: Readonly<Record<string, string>> = {
  viewer: "sees jobs, logs and the audit",
  operator: "starts jobs and sees rows, too",
  administrator: "everything, people too",
};

function columns({ roles, byProxy, now }: PeoplePage): Column<PersonLine>[] {
  const password: Column<PersonLine> = {
    head: "Password",
    cell: ({ hasPassword, identity }) =>
      hasPassword ? "yes" : html`<span class="soft">${identity ? "identity provider" : "none"}</span>`,
  };
  return [
    { head: "Name", cell: ({ name, self }) => html`<strong>${name}</strong>${self && html`<small>you</small>`}` },
    { head: "Role", cell: person => roleCell(person, roles) },
    {
      head: "State",
      cell: ({ disabled }) => (disabled ? state("cancelled", "Disabled") : state("healthy", "Active")),
    },
    ...(byProxy ? [] : [password]),
    { head: "Since", cell: ({ created }) => html`<span class="soft">${ago(created, now)}</span>` },
    {
      head: "Seen",
      cell: ({ seen }) => html`<span class="soft nowrap">${seen ? ago(seen, now) : "not lately"}</span>`,
    },
    { head: "What can be done", quiet: true, cell: person => actions(person, byProxy) },
  ];
}

function roleCell({ name, role, self }: PersonLine, roles: readonly string[]): Part {
  if (self) return role;
  const form = html`<form method="post" action="${at(name, "role")}" class="form">${selectField({ name: "role", label: `What ${name} may do`, value: role, options: roles.map(one => [one, one]) })}${button("Change it", { look: "primary" })}</form>`;
  return html`<span class="row actions">${role}${confirm("Change", `${name} is ${role}.`, form, "plain")}</span>`;
}

function actions({ name, disabled, self }: PersonLine, byProxy: boolean): View {
  const form = (action: string, label: string, look: "primary" | "danger") =>
    html`<form method="post" action="${at(name, action)}">${button(label, { look })}</form>`;
  const link =
    !byProxy &&
    !disabled &&
    confirm(
      "Link",
      `Make a link that logs ${name} in, once? Whoever has it is ${name}.`,
      form("link", "Make the link", "primary"),
      "plain",
    );
  const access = disabled
    ? confirm(
        "Enable",
        `Let ${name} in again? Tokens that were not revoked work again, too.`,
        form("enable", `Enable ${name}`, "primary"),
        "plain",
      )
    : !self &&
      confirm(
        "Disable",
        `Keep ${name} out? Sessions end at once, and tokens stop working. Jobs go on.`,
        form("disable", `Disable ${name}`, "danger"),
      );
  return html`<span class="row actions">${link}${access}</span>`;
}

function at(name: string, action: string): string {
  return `/people/${encodeURIComponent(name)}/${action}`;
}
