import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Person, Role } from "./roles.ts";
import { hashOf, newSecret } from "./store.ts";

/** A token of the API: it may do what its person may. Its text is shown once, when it is made. */
export interface Token {
  id: string;
  person: string;
  label: string;
  created: string;
  used?: string;
}

const LINK_LIVES = 12 * 3_600_000;
const USED_EVERY = 60_000;

/** Tokens of the API, and links that log somebody in once. */
export function tokens(db: DatabaseSync, now: () => number = Date.now) {
  const statements = {
    all: db.prepare("select id, person, label, created, used from tokens where person = ? or ? order by created desc"),
    make: db.prepare("insert into tokens (id, hash, person, label, created) values (?, ?, ?, ?, ?)"),
    revoke: db.prepare("delete from tokens where id = ? and (person = ? or ?)"),
    find: db.prepare(
      "select t.id, t.used, p.name, p.role from tokens t join people p on p.name = t.person and p.disabled = 0 where t.hash = ?",
    ),
    used: db.prepare("update tokens set used = ? where id = ?"),
    link: db.prepare("insert into links (hash, person, expires) values (?, ?, ?)"),
    sweep: db.prepare("delete from links where expires < ?"),
    take: db.prepare("delete from links where hash = ? and expires >= ? returning person"),
  };
  return {
    /** Somebody's own tokens; all of them for an administrator. */
    list: (person: Person): Token[] =>
      statements.all.all(person.name, person.role === "administrator" ? 1 : 0).map(row => ({
        id: String(row.id),
        person: String(row.person),
        label: String(row.label),
        created: String(row.created),
        ...(row.used !== null && { used: String(row.used) }),
      })),
    /** Makes a token and gives its text. */
    make(person: string, label: string): string {
      const secret = `dop_${newSecret()}`;
      statements.make.run(randomBytes(6).toString("hex"), hashOf(secret), person, label, new Date(now()).toISOString());
      return secret;
    },
    /** Ends a token, one's own or, for an administrator, anybody's. Says whether it was there. */
    revoke: (id: string, person: Person): boolean =>
      statements.revoke.run(id, person.name, person.role === "administrator" ? 1 : 0).changes > 0,
    /** Whose token this is. */
    person(secret: string): Person | undefined {
      const row = statements.find.get(hashOf(secret));
      if (!row) return undefined;
      const used = new Date(now()).toISOString();
      if (row.used === null || Date.parse(String(row.used)) < now() - USED_EVERY)
        statements.used.run(used, String(row.id));
      return { name: String(row.name), role: row.role as Role };
    },
    /** The secret of a link that logs a person in, once, within 12 hours. */
    link(person: string): string {
      statements.sweep.run(now());
      const secret = newSecret();
      statements.link.run(hashOf(secret), person, now() + LINK_LIVES);
      return secret;
    },
    /** Uses a link up: whose it was. */
    takeLink(secret: string): string | undefined {
      const row = statements.take.get(hashOf(secret), now());
      return row && String(row.person);
    },
  };
}

export type Tokens = ReturnType<typeof tokens>;
