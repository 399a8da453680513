import type { DatabaseSync } from "node:sqlite";
import { hashPassword, isPassword } from "./passwords.ts";
import { isEnough, PERSON_NAME, type Person, type Role } from "./roles.ts";

/** A person with access, as administrators see them. */
export interface Member extends Person {
  disabled: boolean;
  created: string;
  hasPassword: boolean;
  /** Who it is for the identity provider: its address and the subject. */
  identity?: string;
}

/** The people of a portal. */
export interface People {
  all(): Member[];
  get(name: string): Member | undefined;
  /** The person of an identity; undefined where nobody is connected with it. */
  byIdentity(identity: string): Member | undefined;
  /** From now on this identity logs the person in, and no other; it belongs to nobody else any more. */
  connect(name: string, identity: string): void;
  /** Ends the person's sessions, tokens and links to log in. */
  endAccess(name: string): void;
  /** Throws where the name is taken or cannot be one. */
  add(name: string, role: Role): Member;
  /** A lower role ends the person's sessions, tokens and links to log in. */
  setRole(name: string, role: Role): void;
  /** Disabling ends the person's sessions, tokens and links to log in. */
  setDisabled(name: string, disabled: boolean): void;
  /** Ends the person's sessions, tokens and links to log in. */
  setPassword(name: string, password: string): Promise<void>;
  /** The person of a name and password; undefined where they do not fit, whatever the reason. */
  check(name: string, password: string): Promise<Person | undefined>;
  /** How many administrators could still log in. */
  administrators(): number;
}

/** The people in `people.db`. */
export function people(db: DatabaseSync): People {
  const select = "select name, role, disabled, created, hash is not null as hasPassword, hash, identity from people";
  const statements = {
    all: db.prepare(`${select} order by name`),
    get: db.prepare(`${select} where name = ?`),
    byIdentity: db.prepare(`${select} where identity = ?`),
    disconnect: db.prepare("update people set identity = null where identity = ?"),
    connect: db.prepare("update people set identity = ? where name = ?"),
    add: db.prepare("insert into people (name, role, created) values (?, ?, ?)"),
    role: db.prepare("update people set role = ? where name = ?"),
    disabled: db.prepare("update people set disabled = ? where name = ?"),
    hash: db.prepare("update people set hash = ? where name = ?"),
    ending: ["sessions", "tokens", "links"].map(table => db.prepare(`delete from ${table} where person = ?`)),
    administrators: db.prepare("select count(*) as n from people where role = 'administrator' and disabled = 0"),
  };
  const get = (name: string) => memberOf(statements.get.get(name));
  // A session, a token or a link may be in the hands of whoever this is to keep out.
  const endAccess = (name: string) => {
    for (const statement of statements.ending) statement.run(name);
  };
  return {
    all: () => statements.all.all().flatMap(row => memberOf(row) ?? []),
    get,
    byIdentity: identity => memberOf(statements.byIdentity.get(identity)),
    connect(name, identity) {
      statements.disconnect.run(identity);
      statements.connect.run(identity, name);
    },
    endAccess,
    add(name, role) {
      if (!PERSON_NAME.test(name))
        throw new Error("A name has letters, digits and . _ @ - and starts with a letter or digit.");
      if (get(name)) throw new Error(`${name} is there already.`);
      statements.add.run(name, role, new Date().toISOString());
      return get(name)!;
    },
    setRole(name, role) {
      const before = get(name);
      statements.role.run(role, name);
      if (before && !isEnough(role, before.role)) endAccess(name);
    },
    setDisabled(name, disabled) {
      statements.disabled.run(disabled ? 1 : 0, name);
      if (disabled) endAccess(name);
    },
    async setPassword(name, password) {
      statements.hash.run(await hashPassword(password), name);
      // Whoever knew the old one is out.
      endAccess(name);
    },
    async check(name, password) {
      const row = statements.get.get(name);
      const fits = await isPassword(password, typeof row?.hash === "string" ? row.hash : undefined);
      const member = memberOf(row);
      return fits && member && !member.disabled ? { name: member.name, role: member.role } : undefined;
    },
    administrators: () => Number(statements.administrators.get()?.n ?? 0),
  };
}

function memberOf(row: Record<string, unknown> | undefined): Member | undefined {
  if (!row) return undefined;
  const { name, role, disabled, created, hasPassword, identity } = row;
  return {
    name: String(name),
    role: role as Role,
    disabled: disabled === 1,
    created: String(created),
    hasPassword: hasPassword === 1,
    ...(typeof identity === "string" && { identity }),
  };
}
