import { userInfo } from "node:os";
import { type Deed, recordDeed } from "../audit/deeds.ts";
import { readEndpoints } from "../endpoints.ts";
import type { Layout } from "../files/layout.ts";
import { type Person, ROLES, type Role } from "../jobs/people.ts";
import { nearest } from "../jobs/problem.ts";
import { EXIT } from "../jobs/states.ts";
import { passwordProblem } from "../people/passwords.ts";
import type { Member, People } from "../people/people.ts";
import type { Tokens } from "../people/tokens.ts";
import type { Settings } from "../settings.ts";
import { columns } from "./columns.ts";
import { CommandError } from "./failure.ts";
import { readPassword } from "./password.ts";
import { age } from "./words.ts";

/** What the commands work on. */
interface Desk {
  settings: Settings;
  layout: Layout;
  people: People;
  tokens: Tokens;
}

interface PeopleDeed {
  /** What has to be typed after the word. */
  names: readonly string[];
  run(desk: Desk, name: string, second: string): void | Promise<void>;
}

/** What can be done about people, by the word that is typed. */
export const DEEDS_OF_PEOPLE: Readonly<Record<string, PeopleDeed>> = {
  list: { names: [], run: list },
  add: { names: ["NAME", "ROLE"], run: add },
  link: { names: ["NAME"], run: link },
  role: { names: ["NAME", "ROLE"], run: changeRole },
  disable: { names: ["NAME"], run: (desk, name) => setDisabled(desk, name, true) },
  enable: { names: ["NAME"], run: (desk, name) => setDisabled(desk, name, false) },
  password: { names: ["NAME"], run: setPassword },
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
  record(desk, { what: "person", about: name, detail: `added as ${role}, by command` });
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
  const address = settings.PORTAL_ORIGIN ?? running ?? `http://${settings.PORTAL_HOST}:${settings.PORTAL_PORT}`;
  record(desk, { what: "token", about: name, detail: "a link to log in, by command" });
  console.log(`This link logs ${name} in, once, within 12 hours:\n${address}/welcome?link=${tokens.link(name)}`);
  if (!running) console.log("The portal does not run on this machine now: npm start, or npm run portal");
}

function changeRole(desk: Desk, typed: string, second: string): void {
  const member = memberOf(desk, typed);
  const role = roleOf(second);
  if (role !== "administrator") keepAnAdministrator(desk, member);
  desk.people.setRole(member.name, role);
  record(desk, { what: "role", about: member.name, detail: `${member.role} to ${role}, by command` });
  console.log(`${member.name} is ${role} now.`);
}

function setDisabled(desk: Desk, typed: string, disabled: boolean): void {
  const member = memberOf(desk, typed);
  if (disabled) keepAnAdministrator(desk, member);
  desk.people.setDisabled(member.name, disabled);
  record(desk, { what: "person", about: member.name, detail: `${disabled ? "disabled" : "enabled"}, by command` });
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
  record(desk, { what: "password", about: name, detail: "by command" });
  console.log(`The password of ${name} is set; whoever was logged in as ${name} is out.`);
}

function record({ layout }: Desk, deed: Pick<Deed, "what" | "about" | "detail">): void {
  recordDeed(layout, { at: new Date().toISOString(), by: userInfo().username, ...deed });
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
