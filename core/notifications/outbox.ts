import type { DatabaseSync } from "node:sqlite";
import { notificationsDatabase } from "../store/data-files.ts";
import type { Layout } from "../store/layout.ts";
import { openPrivateDatabase } from "../system/private.ts";

const SCHEMA = `
  create table if not exists deliveries (
    seq integer primary key, id text not null unique, receiver text not null, event text not null, title text not null, body text not null,
    made integer not null, due integer not null, attempts integer not null default 0, state text not null default 'waiting',
    error text, ended integer) strict;
  create index if not exists waiting on deliveries (receiver, seq) where state = 'waiting';
  create table if not exists failed (subject text primary key) strict;
  create table if not exists durations (job text primary key, subject text not null, seconds real not null, at text not null) strict;
  create index if not exists by_subject on durations (subject, at);
`;

/** A message on its way to one receiver. Its id is the same at every attempt, so that a receiver can tell a second from a new one. */
export interface Delivery {
  id: string;
  receiver: string;
  event: string;
  title: string;
  /** The event as JSON. */
  body: string;
  made: string;
  attempts: number;
  state: "waiting" | "sent" | "given up";
  error?: string;
  ended?: string;
}

/** Messages that are to be sent. What is in it is sent, whatever dies meanwhile. */
export interface Outbox {
  /** Adds messages and remembers the job that they are about, all or nothing; a message of an id that is there is left out. */
  add(messages: readonly NewMessage[], memory?: JobMemory): void;
  /** The first waiting message of each receiver, where it is due. */
  due(now: number): Delivery[];
  /** When the next one is due; undefined where none waits. */
  nextDue(): number | undefined;
  sent(id: string, now: number): void;
  /** It did not work: tried again at `due`, or given up where there is none. */
  failedToSend(id: string, error: string, now: number, due: number | undefined): void;
  /** The newest messages, for people. */
  latest(limit: number): Delivery[];
  hasFailed(subject: string): boolean;
  /** Seconds of the last jobs with this subject that succeeded, but for one job. */
  secondsOf(subject: string, exceptJob: string): number[];
  close(): void;
}

/** A message before it is in the outbox. */
export type NewMessage = Pick<Delivery, "id" | "receiver" | "event" | "title" | "body">;

/** What a job that has ended leaves for the next ones. */
export interface JobMemory {
  job: string;
  failed: readonly string[];
  succeeded: readonly string[];
  duration?: { subject: string; seconds: number; at: string };
}

// A month is long enough to look at, and for a receiver to ask why.
const KEPT_FOR = 30 * 86_400_000;
const DURATIONS = 10;

/** Opens `notifications.db`. The worker sends from it; the portal adds tests and shows what became of each. */
export function openOutbox(layout: Pick<Layout, "root">): Outbox {
  const db = openPrivateDatabase(notificationsDatabase(layout.root), { timeout: 5_000 });
  // A message is told as sent for good: neither a kill nor a power cut may take back what was committed.
  db.exec("pragma journal_mode = wal; pragma synchronous = full");
  db.exec(SCHEMA);
  const statements = {
    add: db.prepare(
      "insert into deliveries (id, receiver, event, title, body, made, due) values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
    ),
    due: db.prepare(
      "select * from deliveries d where state = 'waiting' and due <= ? and seq = (select min(seq) from deliveries where state = 'waiting' and receiver = d.receiver)",
    ),
    next: db.prepare(
      "select min(due) as due from deliveries d where state = 'waiting' and seq = (select min(seq) from deliveries where state = 'waiting' and receiver = d.receiver)",
    ),
    sent: db.prepare(
      "update deliveries set state = 'sent', attempts = attempts + 1, error = null, ended = ? where id = ?",
    ),
    again: db.prepare("update deliveries set attempts = attempts + 1, error = ?, due = ? where id = ?"),
    giveUp: db.prepare(
      "update deliveries set state = 'given up', attempts = attempts + 1, error = ?, ended = ? where id = ?",
    ),
    sweep: db.prepare("delete from deliveries where state <> 'waiting' and made < ?"),
    latest: db.prepare("select * from deliveries order by seq desc limit ?"),
    hasFailed: db.prepare("select 1 from failed where subject = ?"),
    fail: db.prepare("insert into failed (subject) values (?) on conflict do nothing"),
    succeed: db.prepare("delete from failed where subject = ?"),
    seconds: db.prepare("select seconds from durations where subject = ? and job <> ? order by at desc limit ?"),
    took: db.prepare("insert into durations (job, subject, seconds, at) values (?, ?, ?, ?) on conflict do nothing"),
    forget: db.prepare(
      "delete from durations where subject = ? and job not in (select job from durations where subject = ? order by at desc limit ?)",
    ),
  };
  return {
    add: (messages, memory) =>
      inTransaction(db, () => {
        const now = Date.now();
        for (const { id, receiver, event, title, body } of messages)
          statements.add.run(id, receiver, event, title, body, now, now);
        if (memory) remember(memory);
        statements.sweep.run(now - KEPT_FOR);
      }),
    due: now => statements.due.all(now).map(deliveryOf),
    nextDue: () => (statements.next.get()?.due as number | null) ?? undefined,
    sent: (id, now) => void statements.sent.run(now, id),
    failedToSend(id, error, now, due) {
      if (due === undefined) statements.giveUp.run(error, now, id);
      else statements.again.run(error, due, id);
    },
    latest: limit => statements.latest.all(limit).map(deliveryOf),
    hasFailed: subject => statements.hasFailed.get(subject) !== undefined,
    secondsOf: (subject, job) => statements.seconds.all(subject, job, DURATIONS).map(({ seconds }) => Number(seconds)),
    close: () => db.close(),
  };

  function remember({ job, failed, succeeded, duration }: JobMemory) {
    for (const subject of succeeded) statements.succeed.run(subject);
    for (const subject of failed) statements.fail.run(subject);
    if (!duration) return;
    statements.took.run(job, duration.subject, duration.seconds, duration.at);
    statements.forget.run(duration.subject, duration.subject, DURATIONS * 2);
  }
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec("begin immediate");
  try {
    work();
    db.exec("commit");
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}

function deliveryOf(row: Record<string, unknown>): Delivery {
  const { id, receiver, event, title, body, made, attempts, state, error, ended } = row;
  return {
    ...{ id: String(id), receiver: String(receiver), event: String(event), title: String(title), body: String(body) },
    ...{ made: new Date(Number(made)).toISOString(), attempts: Number(attempts), state: state as Delivery["state"] },
    ...(error !== null && { error: String(error) }),
    ...(ended !== null && { ended: new Date(Number(ended)).toISOString() }),
  };
}
