import { type Deed, recordDeed } from "../../audit/deeds.ts";
import { type Answer, Refusal, type Route, type Visit } from "../../engines/page.ts";
import { ROLES, type Role } from "../../jobs/people.ts";
import type { Member } from "../../people/people.ts";
import { linkPage, peoplePage } from "../../views/pages/people.ts";
import { ownAddress } from "../own-address.ts";
import { byHand } from "../own-hands.ts";
import type { Doors } from "../who.ts";

/** Who may come in, and as what; for administrators. */
export function peopleRoutes(doors: Doors): Route[] {
  const route = (method: "get" | "post", path: string, answer: (visit: Visit, doors: Doors) => Answer): Route => ({
    ...{ method, path, role: "administrator" },
    answer: byHand(visit => answer(visit, doors)),
  });
  return [
    route("get", "/people", visit => list(visit, doors)),
    route("post", "/people", add),
    route("post", "/people/:name/role", changeRole),
    route("post", "/people/:name/disable", disable),
    route("post", "/people/:name/enable", enable),
    route("post", "/people/:name/link", giveLink),
  ];
}

function list({ person, form, now }: Visit, { people, sessions, tokens, settings }: Doors, error?: string): Answer {
  const seen = sessions.seen();
  const body = peoplePage({
    people: people
      .all()
      .map(member => ({ ...member, seen: iso(seen.get(member.name)), self: member.name === person.name })),
    tokens: tokens.list(person),
    roles: ROLES,
    byProxy: settings.AUTH === "proxy",
    typed: { name: form.get("name") ?? "", role: form.get("role") ?? "viewer" },
    ...(error && { error }),
    now,
  });
  return { kind: "page", status: error ? 422 : 200, title: "People", body, here: "/people" };
}

function add(visit: Visit, doors: Doors): Answer {
  const name = visit.form.get("name")?.trim() ?? "";
  const role = roleOf(visit);
  try {
    doors.people.add(name, role);
  } catch (error) {
    return list(visit, doors, (error as Error).message);
  }
  record(visit, { what: "person", about: name, detail: `added as ${role}` });
  const next = doors.settings.AUTH === "proxy" ? "" : " Give them a link to log in.";
  return { kind: "redirect", to: "/people", notice: `${name} may come in as ${role}.${next}` };
}

function changeRole(visit: Visit, doors: Doors): Answer {
  const member = memberOf(visit, doors);
  const role = roleOf(visit);
  if (role === member.role) return { kind: "redirect", to: "/people", notice: `${member.name} is ${role} already.` };
  if (role !== "administrator") keepAnAdministrator(visit, doors, member);
  doors.people.setRole(member.name, role);
  record(visit, { what: "role", about: member.name, detail: `${member.role} to ${role}` });
  return { kind: "redirect", to: "/people", notice: `${member.name} is ${role} now.` };
}

function disable(visit: Visit, doors: Doors): Answer {
  const member = memberOf(visit, doors);
  keepAnAdministrator(visit, doors, member);
  doors.people.setDisabled(member.name, true);
  record(visit, { what: "person", about: member.name, detail: "disabled" });
  return {
    kind: "redirect",
    to: "/people",
    notice: `${member.name} can't come in any more: sessions have ended, tokens do not work.`,
  };
}

function enable(visit: Visit, doors: Doors): Answer {
  const { name } = memberOf(visit, doors);
  doors.people.setDisabled(name, false);
  record(visit, { what: "person", about: name, detail: "enabled" });
  return { kind: "redirect", to: "/people", notice: `${name} may come in again. Their tokens work again, too.` };
}

// The link is told in this answer alone: a notice or an address would keep it.
function giveLink(visit: Visit, doors: Doors): Answer {
  const { name, disabled } = memberOf(visit, doors);
  if (doors.settings.AUTH === "proxy")
    throw new Refusal(409, "The proxy in front of this portal says who somebody is: a link does not help.");
  if (disabled) throw new Refusal(409, `${name} is disabled.`, "Enable them first.");
  record(visit, { what: "token", about: name, detail: "a link to log in" });
  const link = `${ownAddress(visit)}/welcome?link=${doors.tokens.link(name)}`;
  return { kind: "page", title: `A link for ${name}`, body: linkPage(name, link), here: "/people" };
}

function memberOf({ parameters }: Visit, { people }: Doors): Member {
  const { name = "" } = parameters;
  const member = people.get(name);
  if (!member) throw new Refusal(404, `There is nobody called ${name.slice(0, 80)}.`, "The list of people has all.");
  return member;
}

function roleOf({ form }: Visit): Role {
  const role = ROLES.find(known => known === form.get("role"));
  if (!role) throw new Refusal(422, "There is no such role.", `Choose ${ROLES.join(", ")}.`);
  return role;
}

function keepAnAdministrator({ person }: Visit, { people }: Doors, { name, role, disabled }: Member): void {
  if (role !== "administrator" || disabled) return;
  if (people.administrators() === 1)
    throw new Refusal(409, `${name} is the last administrator.`, "Make somebody else administrator first.");
  if (name === person.name)
    throw new Refusal(409, "That would lock yourself out.", "Another administrator can do it, if it is meant.");
}

function record({ portal, person, address, now }: Visit, deed: Pick<Deed, "what" | "about" | "detail">): void {
  const { name: by, role } = person;
  recordDeed(portal.layout, { at: new Date(now).toISOString(), by, role, from: address, ...deed });
}

function iso(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
