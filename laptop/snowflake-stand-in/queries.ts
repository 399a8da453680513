import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "./encode.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { Session } from "./session.ts";

/** A statement that runs or has run. */
export interface Query {
  id: string;
  requestId: string;
  session: Session;
  ended: Promise<Result | Refusal>;
  cancel(): void;
}

/** The statements of the last minutes: one that a client asks for again is not run again. */
export type Queries = ReturnType<typeof openQueries>;

/** No statements yet. */
export function openQueries() {
  const known = new Map<string, Query>();

  /** Runs a statement behind those of its session that came before it. */
  function start(session: Session, requestId: string, run: () => Promise<Result>): Query {
    const again = find(session, requestId);
    if (again) return again;
    let state: "waiting" | "running" | "cancelled" = "waiting";
    const begin = async () => {
      if (state === "cancelled") throw new Error("interrupted before it began");
      state = "running";
      return run();
    };
    const ended = session.last.then(begin).catch(refusalOf);
    session.last = ended;
    const cancel = () => {
      if (state === "running") session.connection.interrupt();
      state = "cancelled";
    };
    const query: Query = { id: randomUUID(), requestId, session, ended, cancel };
    known.set(query.id, query);
    const forget = () => setTimeout(() => known.delete(query.id), 120_000).unref();
    void ended.then(forget);
    return query;
  }

  /** A statement of this session, by its own id or its request's. */
  function find(session: Session, id: string): Query | undefined {
    const found = known.get(id) ?? [...known.values()].find(({ requestId }) => requestId === id);
    return found?.session === session ? found : undefined;
  }

  return { start, find };
}

/** What a statement came to, or undefined where it still runs after so long. */
export async function awaited(query: Query, milliseconds: number): Promise<Result | Refusal | undefined> {
  const over = new AbortController();
  const limit = sleep(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  return Promise.race([query.ended, limit]).finally(() => over.abort());
}
