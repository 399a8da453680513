import type { DatabaseSync } from "node:sqlite";
import type { Person, Role } from "../jobs/people.ts";
import { hashOf, newSecret } from "./store.ts";

const IDLE = 8 * 3_600_000;
const LONGEST = 24 * 3_600_000;
const SEEN_EVERY = 60_000;

/** Who is logged in. A session ends when it was not used for 8 hours, after a day, and at the logout. */
export interface Sessions {
  /** Gives the secret for the cookie. */
  start(person: string): string;
  person(secret: string): Person | undefined;
  end(secret: string): void;
  /** Ends all others of a person. */
  endOthers(person: string, secret: string): void;
  /** What the next page is to say, once. */
  leaveNotice(secret: string, notice: string): void;
  takeNotice(secret: string): string | undefined;
  /** When each person was here last, in milliseconds; only of sessions that have not ended. */
  seen(): ReadonlyMap<string, number>;
}

/** The sessions in `people.db`: a restart of the portal logs nobody out. */
export function sessions(db: DatabaseSync, now: () => number = Date.now): Sessions {
  const statements = {
    sweep: db.prepare("delete from sessions where seen < ? or created < ?"),
    start: db.prepare("insert into sessions (hash, person, created, seen) values (?, ?, ?, ?)"),
    find: db.prepare(
      "select s.seen, s.created, p.name, p.role from sessions s join people p on p.name = s.person and p.disabled = 0 where s.hash = ?",
    ),
    seen: db.prepare("update sessions set seen = ? where hash = ?"),
    end: db.prepare("delete from sessions where hash = ?"),
    others: db.prepare("delete from sessions where person = ? and hash <> ?"),
    notice: db.prepare("select notice from sessions where hash = ? and notice is not null"),
    lastSeen: db.prepare("select person, max(seen) as seen from sessions group by person"),
    setNotice: db.prepare("update sessions set notice = ? where hash = ?"),
  };
  return {
    start(person) {
      statements.sweep.run(now() - IDLE, now() - LONGEST);
      const secret = newSecret();
      statements.start.run(hashOf(secret), person, now(), now());
      return secret;
    },
    person(secret) {
      const hash = hashOf(secret);
      const row = statements.find.get(hash);
      if (!row || Number(row.seen) < now() - IDLE || Number(row.created) < now() - LONGEST) return undefined;
      if (Number(row.seen) < now() - SEEN_EVERY) statements.seen.run(now(), hash);
      return { name: String(row.name), role: row.role as Role };
    },
    end: secret => void statements.end.run(hashOf(secret)),
    endOthers: (person, secret) => void statements.others.run(person, hashOf(secret)),
    leaveNotice: (secret, notice) => void statements.setNotice.run(notice, hashOf(secret)),
    takeNotice(secret) {
      const row = statements.notice.get(hashOf(secret));
      if (row) statements.setNotice.run(null, hashOf(secret));
      return row ? String(row.notice) : undefined;
    },
    seen: () => new Map(statements.lastSeen.all().map(({ person, seen }) => [String(person), Number(seen)])),
  };
}
