import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import type { Member } from "../../core/people/people.ts";
import type { Role } from "../../core/people/roles.ts";
import type { Token } from "../../core/people/tokens.ts";
import { auditContext, HttpError, type RequestContext } from "../../engines/portal/page.ts";
import { ownAddress } from "../http/same-origin.ts";

type Asker = Pick<RequestContext, "portal" | "person" | "address" | "via" | "now">;

/** A user as administrators see them: `seen` is when they were here last, if a session of theirs has not ended. */
export interface UserSummary extends Member {
  seen?: string;
}

/** All users, by name. */
export function listUsers({ people, sessions }: Asker["portal"]): UserSummary[] {
  const seen = sessions.seen();
  return people.all().map(member => {
    const at = seen.get(member.name);
    return { ...member, ...(at !== undefined && { seen: new Date(at).toISOString() }) };
  });
}

/** One user. Throws a 404 where there is none of that name. */
export function findUser({ people }: Asker["portal"], name: string): Member {
  const member = people.get(name);
  if (!member) throw new HttpError(404, `There is nobody called ${name.slice(0, 80)}.`, "The list of users has all.");
  return member;
}

/** Adds a user. Throws a 422 where the name is taken or cannot be one. */
export function addUser(asker: Asker, name: string, role: Role): Member {
  let member: Member;
  try {
    member = asker.portal.people.add(name, role);
  } catch (error) {
    throw new HttpError(422, (error as Error).message);
  }
  recordAuditEvent(auditContext(asker), { what: "person", about: name, detail: `added as ${role}` });
  return member;
}

/** Gives a user another role; a lower one ends their sessions, tokens and links. Returns the role that they had. */
export function setUserRole(asker: Asker, name: string, role: Role): Role {
  const member = findUser(asker.portal, name);
  if (role === member.role) return member.role;
  if (role !== "administrator") keepAnAdministrator(asker, member);
  asker.portal.people.setRole(name, role);
  recordAuditEvent(auditContext(asker), { what: "role", about: name, detail: `${member.role} to ${role}` });
  return member.role;
}

/** Lets a user in again, or ends all of their access. */
export function setUserDisabled(asker: Asker, name: string, disabled: boolean): void {
  const member = findUser(asker.portal, name);
  if (disabled) keepAnAdministrator(asker, member);
  asker.portal.people.setDisabled(name, disabled);
  recordAuditEvent(auditContext(asker), { what: "person", about: name, detail: disabled ? "disabled" : "enabled" });
}

/** Makes a link that logs a user in once, to set a password. Nothing keeps its text. */
export function createLoginLink(asker: Asker & Pick<RequestContext, "header">, name: string): string {
  const { people, settings, tokens } = asker.portal;
  const { disabled } = findUser(asker.portal, name);
  if (settings.AUTH === "proxy")
    throw new HttpError(409, "The proxy in front of this portal says who somebody is: a link does not help.");
  if (disabled) throw new HttpError(409, `${name} is disabled.`, "Enable them first.");
  recordAuditEvent(auditContext(asker), { what: "token", about: name, detail: "a link to log in" });
  return `${ownAddress(asker)}/welcome?link=${tokens.link(people.get(name)?.name ?? name)}`;
}

const LONGEST = 80;

/** What is wrong with the label of a new token, in a sentence. */
export function labelProblem(label: string): string | undefined {
  if (label === "") return "Say what it is for, so that it can be told from others.";
  return label.length > LONGEST ? `${LONGEST} characters at most.` : undefined;
}

/** Makes a token of the person who asks. Returns its text, which nothing keeps; throws a 422 for a bad label. */
export function createToken(asker: Asker, label: string): string {
  const problem = labelProblem(label);
  if (problem) throw new HttpError(422, problem);
  const token = asker.portal.tokens.make(asker.person.name, label);
  recordAuditEvent(auditContext(asker), { what: "token", about: label, detail: "made" });
  return token;
}

/** Revokes a token: one's own or, for an administrator, anybody's. Throws a 404 for any other. */
export function revokeToken(asker: Asker, id: string): Token {
  const { portal, person } = asker;
  const token = portal.tokens.list(person).find(one => one.id === id);
  if (!token || !portal.tokens.revoke(token.id, person))
    throw new HttpError(
      404,
      "There is no such token: it was revoked already, or is not yours.",
      "Look at your tokens.",
    );
  const whose = token.person === person.name ? "" : ` of ${token.person}`;
  recordAuditEvent(auditContext(asker), { what: "token", about: token.label, detail: `revoked${whose}` });
  return token;
}

function keepAnAdministrator({ portal, person }: Asker, { name, role, disabled }: Member): void {
  if (role !== "administrator" || disabled) return;
  if (portal.people.administrators() === 1)
    throw new HttpError(409, `${name} is the last administrator.`, "Make somebody else administrator first.");
  if (name === person.name)
    throw new HttpError(409, "That would lock yourself out.", "Another administrator can do it, if it is meant.");
}
