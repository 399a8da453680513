import type { DatabaseSync } from "node:sqlite";
import { PERSON_NAME, type Person, type Role } from "../jobs/people.ts";
import { hashPassword, isPassword } from "./passwords.ts";

/** Somebody who may come in, as administrators see them. */
export interface Member extends Person {
  disabled: boolean;
  created: string;
  hasPassword: boolean;
}

/** The people of a portal. */
export interface People {
  all(): Member[];
  get(name: string): Member | undefined;
  /** Throws where the name is taken or cannot be one. */
  add(name: string, role: Role): Member;
  setRole(name: string, role: Role): void;
  setDisabled(name: string, disabled: boolean): void;
  setPassword(name: string, password: string): Promise<void>;
  /** The person of a name and password; undefined where they do not fit, whatever the reason. */
  check(name: string, password: string): Promise<Person | undefined>;
  /** How many administrators could still log in. */
  administrators(): number;
}

/** The people in `people.db`. */
export function people(db: DatabaseSync): People {
  const select = "select name, role, disabled, created, hash is not null as hasPassword, hash from people";
  const statements = {
    all: db.prepare(`${select} order by name`),
    get: db.prepare(`${select} where name = ?`),
    add: db.prepare("insert into people (name, role, created) values (?, ?, ?)"),
    role: db.prepare("update people set role = ? where name = ?"),
    disabled: db.prepare("update people set disabled = ? where name = ?"),
    hash: db.prepare("update people set hash = ? where name = ?"),
    forget: db.prepare("delete from sessions where person = ?"),
    administrators: db.prepare("select count(*) as n from people where role = 'administrator' and disabled = 0"),
  };
  const get = (name: string) => memberOf(statements.get.get(name));
  return {
    all: () => statements.all.all().flatMap(row => memberOf(row) ?? []),
    get,
    add(name, role) {
      if (!PERSON_NAME.test(name))
        throw new Error("A name has letters, digits and . _ @ - and starts with a letter or digit.");
      if (get(name)) throw new Error(`${name} is there already.`);
      statements.add.run(name, role, new Date().toISOString());
      return get(name)!;
    },
    setRole: (name, role) => void statements.role.run(role, name),
    setDisabled(name, disabled) {
      statements.disabled.run(disabled ? 1 : 0, name);
      if (disabled) statements.forget.run(name);
    },
    async setPassword(name, password) {
      statements.hash.run(await hashPassword(password), name);
      // Whoever knew the old one is out.
      statements.forget.run(name);
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
  const { name, role, disabled, created, hasPassword } = row;
  return {
    name: String(name),
    role: role as Role,
    disabled: disabled === 1,
    created: String(created),
    hasPassword: hasPassword === 1,
  };
}
