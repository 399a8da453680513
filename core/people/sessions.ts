import type { DatabaseSync } from "node:sqlite";
import type { Person, Role } from "./roles.ts";
import { hashOf, newSecret } from "./store.ts";

const IDLE = 8 * 3_600_000;
const LONGEST = 24 * 3_600_000;
const SEEN_EVERY = 60_000;
// A browser may call itself what it likes, at any length.
const LONGEST_AGENT = 300;

/** A session as its person sees it: where it was started, and when it was used last. Its secret is not in it. */
export interface LoginSession {
  id: string;
  /** What the browser calls itself. */
  agent?: string;
  address?: string;
  since: string;
  seen: string;
  /** It is the one that asks. */
  current: boolean;
}

/** Where a session is started from, and by whom. */
export interface SessionStart {
  agent?: string | undefined;
  address?: string | undefined;
  by?: "oidc" | undefined;
}

/** Who is logged in. A session ends when it was not used for 8 hours, after a day, and at the logout. */
export interface LoginSessions {
  /** Gives the secret for the cookie. */
  start(person: string, from?: SessionStart): string;
  /** How the session began: `oidc` where the identity provider logged the person in. */
  startedBy(secret: string): SessionStart["by"];
  person(secret: string): Person | undefined;
  end(secret: string): void;
  /** The sessions of a person that have not ended, the one used last first. `secret` is that of the session that asks. */
  list(person: string, secret?: string): LoginSession[];
  /** Ends one of a person's sessions. Says whether it was there. */
  endOne(person: string, id: string): boolean;
  /** Ends all others of a person, all of them where no secret is given. Says how many. */
  endOthers(person: string, secret?: string): number;
  /** What the next page is to say, once. */
  leaveNotice(secret: string, notice: string): void;
  takeNotice(secret: string): string | undefined;
  /** When each person was here last, in milliseconds; only of sessions that have not ended. */
  seen(): ReadonlyMap<string, number>;
}

/** The sessions in `people.db`: a restart of the portal logs nobody out. */
export function sessions(db: DatabaseSync, now: () => number = Date.now): LoginSessions {
  const statements = {
    sweep: db.prepare("delete from sessions where seen < ? or created < ?"),
    start: db.prepare(
      "insert into sessions (hash, person, created, seen, agent, address, by) values (?, ?, ?, ?, ?, ?, ?)",
    ),
    find: db.prepare(
      "select s.seen, s.created, p.name, p.role from sessions s join people p on p.name = s.person and p.disabled = 0 where s.hash = ?",
    ),
    seen: db.prepare("update sessions set seen = ? where hash = ?"),
    end: db.prepare("delete from sessions where hash = ?"),
    by: db.prepare("select by from sessions where hash = ?"),
    // Some of the digits of the secret's hash name a session, and do not give it away.
    list: db.prepare(
      "select hash, substr(hash, 1, 16) as id, agent, address, created, seen from sessions where person = ? and seen >= ? and created >= ? order by seen desc, created desc",
    ),
    endOne: db.prepare("delete from sessions where person = ? and substr(hash, 1, 16) = ?"),
    others: db.prepare("delete from sessions where person = ? and hash <> ?"),
    notice: db.prepare("select notice from sessions where hash = ? and notice is not null"),
    lastSeen: db.prepare("select person, max(seen) as seen from sessions group by person"),
    setNotice: db.prepare("update sessions set notice = ? where hash = ?"),
  };
  return {
    startedBy: secret => (statements.by.get(hashOf(secret))?.by === "oidc" ? "oidc" : undefined),
    start(person, { agent, address, by } = {}) {
      statements.sweep.run(now() - IDLE, now() - LONGEST);
      const secret = newSecret();
      const named = agent?.slice(0, LONGEST_AGENT) || null;
      statements.start.run(hashOf(secret), person, now(), now(), named, address || null, by ?? null);
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
    list(person, secret) {
      const own = secret && hashOf(secret);
      return statements.list.all(person, now() - IDLE, now() - LONGEST).map(row => ({
        id: String(row.id),
        ...(row.agent !== null && { agent: String(row.agent) }),
        ...(row.address !== null && { address: String(row.address) }),
        since: new Date(Number(row.created)).toISOString(),
        seen: new Date(Number(row.seen)).toISOString(),
        current: row.hash === own,
      }));
    },
    endOne: (person, id) => statements.endOne.run(person, id).changes > 0,
    endOthers: (person, secret) => Number(statements.others.run(person, secret ? hashOf(secret) : "").changes),
    leaveNotice: (secret, notice) => void statements.setNotice.run(notice, hashOf(secret)),
    takeNotice(secret) {
      const row = statements.notice.get(hashOf(secret));
      if (row) statements.setNotice.run(null, hashOf(secret));
      return row ? String(row.notice) : undefined;
    },
    seen: () => new Map(statements.lastSeen.all().map(({ person, seen }) => [String(person), Number(seen)])),
  };
}
