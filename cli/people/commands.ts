import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import { portalAddress, readEndpoints } from "../../core/endpoints.ts";
import { nearest } from "../../core/jobs/parse/problem.ts";
import { EXIT } from "../../core/jobs/states.ts";
import { passwordProblem } from "../../core/people/passwords.ts";
import type { Member, People } from "../../core/people/people.ts";
import { type Person, ROLES, type Role } from "../../core/people/roles.ts";
import type { Tokens } from "../../core/people/tokens.ts";
import type { Settings } from "../../core/settings.ts";
import type { Layout } from "../../core/store/layout.ts";
import { CommandError } from "../failure.ts";
import { age, columns, terminalContext } from "../words.ts";
import { readPassword } from "./password.ts";

/** What the commands work on. */
interface Desk {
  settings: Settings;
  layout: Layout;
  people: People;
  tokens: Tokens;
}

interface PeopleCommand {
  /** What has to be typed after the word. */
  names: readonly string[];
  run(desk: Desk, name: string, second: string): void | Promise<void>;
}

/** What can be done about people, by the word that is typed. */
export const PEOPLE_COMMANDS: Readonly<Record<string, PeopleCommand>> = {
  list: { names: [], run: list },
  add: { names: ["NAME", "ROLE"], run: add },
  link: { names: ["NAME"], run: link },
  role: { names: ["NAME", "ROLE"], run: changeRole },
  disable: { names: ["NAME"], run: (desk, name) => setDisabled(desk, name, true) },
  enable: { names: ["NAME"], run: (desk, name) => setDisabled(desk, name, false) },
  password: { names: ["NAME"], run: setPassword },
  connect: { names: ["NAME", "SUBJECT"], run: connect },
};

function list({ people }: Desk): void {
  const rows = people.all().map(({ name, role, disabled, hasPassword, created }) => {
    return [name, role, disabled ? "disabled" : hasPassword ? "" : "no password yet", `since ${age(created)}`];
  });
  console.log(rows.length > 0 ? columns(rows).join("\n") : "Nobody may come in yet: npm run people -- add NAME ROLE");
}

function add(desk: Desk, name: string, typed: string): void {
  const role = roleOf(typed);
  try {
    desk.people.add(name, role);
  } catch (error) {
    throw new CommandError((error as Error).message, EXIT.badJob);
  }
  recordAuditEvent(terminalContext(desk.layout), { what: "person", about: name, detail: `added as ${role}` });
  console.log(`${name} may come in as ${role}.`);
  if (desk.settings.AUTH === "local") link(desk, name);
}

function link(desk: Desk, typed: string): void {
  const { name, disabled } = memberOf(desk, typed);
  if (desk.settings.AUTH === "proxy")
    throw new CommandError("The proxy in front of the portal says who somebody is (AUTH=proxy): a link does not help.");
  if (disabled) throw new CommandError(`${name} is disabled. First: npm run people -- enable ${name}`);
  const { settings, tokens } = desk;
  const running = readEndpoints(settings).portal?.url;
  const address = settings.PORTAL_ORIGIN ?? running ?? portalAddress(settings);
  recordAuditEvent(terminalContext(desk.layout), { what: "token", about: name, detail: "a link to log in" });
  console.log(`This link logs ${name} in, once, within 12 hours:\n${address}/welcome?link=${tokens.link(name)}`);
  if (!running) console.log("The portal does not run on this machine now: npm start, or npm run portal");
}

function changeRole(desk: Desk, typed: string, second: string): void {
  const member = memberOf(desk, typed);
  const role = roleOf(second);
  if (role !== "administrator") keepAnAdministrator(desk, member);
  desk.people.setRole(member.name, role);
  recordAuditEvent(terminalContext(desk.layout), {
    what: "role",
    about: member.name,
    detail: `${member.role} to ${role}`,
  });
  console.log(`${member.name} is ${role} now.`);
}

function setDisabled(desk: Desk, typed: string, disabled: boolean): void {
  const member = memberOf(desk, typed);
  if (disabled) keepAnAdministrator(desk, member);
  desk.people.setDisabled(member.name, disabled);
  recordAuditEvent(terminalContext(desk.layout), {
    what: "person",
    about: member.name,
    detail: `${disabled ? "disabled" : "enabled"}`,
  });
  console.log(disabled ? `${member.name} can't come in any more.` : `${member.name} may come in again.`);
}

async function setPassword(desk: Desk, typed: string): Promise<void> {
  const { name } = memberOf(desk, typed);
  if (desk.settings.AUTH === "proxy")
    throw new CommandError("The proxy in front of the portal knows the passwords (AUTH=proxy); there are none here.");
  const password = await readPassword(name);
  const problem = passwordProblem(password, name);
  if (problem) throw new CommandError(problem, EXIT.badJob);
  await desk.people.setPassword(name, password);
  recordAuditEvent(terminalContext(desk.layout), { what: "password", about: name });
  console.log(`The password of ${name} is set; sessions, tokens and links to log in of ${name} have ended.`);
}

function connect(desk: Desk, typed: string, subject: string): void {
  const { name } = memberOf(desk, typed);
  const { OIDC_ISSUER } = desk.settings;
  if (!OIDC_ISSUER) throw new CommandError("No identity provider is set: write OIDC_ISSUER=https://… into .env.");
  desk.people.connect(name, `${OIDC_ISSUER} ${subject}`);
  recordAuditEvent(terminalContext(desk.layout), {
    what: "person",
    about: name,
    detail: `connected with ${subject} of ${OIDC_ISSUER}`,
  });
  console.log(`${subject} of ${OIDC_ISSUER} is ${name} from now on.`);
}

function memberOf({ people }: Desk, name: string): Member {
  const member = people.get(name);
  if (member) return member;
  const near = nearest(
    name,
    people.all().map(known => known.name),
  );
  throw new CommandError(`There is nobody called ${name}${near ? `. Did you mean ${near}?` : "."}`, EXIT.badJob);
}

function roleOf(typed: string): Role {
  const role = ROLES.find(known => known === typed);
  if (role) return role;
  const near = nearest(typed, ROLES);
  throw new CommandError(
    `There is no role ${typed}: ${near ? `did you mean ${near}?` : `choose ${ROLES.join(", ")}.`}`,
    EXIT.badJob,
  );
}

function keepAnAdministrator({ people }: Desk, { name, role, disabled }: Person & Pick<Member, "disabled">): void {
  if (role === "administrator" && !disabled && people.administrators() === 1)
    throw new CommandError(`${name} is the last administrator: make somebody else one first.`);
}
