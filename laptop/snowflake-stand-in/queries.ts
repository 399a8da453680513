import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { StatementResult } from "./encode.ts";
import { type SqlError, sqlErrorOf } from "./refusal.ts";
import type { StandInSession } from "./session.ts";

/** A statement that runs or has run. */
export interface AsyncQuery {
  id: string;
  requestId: string;
  session: StandInSession;
  ended: Promise<StatementResult | SqlError>;
  cancel(): void;
}

/** No statements yet. */
export function openAsyncQueries() {
  // Those that run stay; those that have ended, for two minutes.
  const queries = new LRUCache<string, AsyncQuery>({ max: 100_000 });

  /** Runs a statement behind those of its session that came before it. */
  function start(session: StandInSession, requestId: string, run: () => Promise<StatementResult>): AsyncQuery {
    const again = find(session, requestId);
    if (again) return again;
    let state: "waiting" | "running" | "cancelled" = "waiting";
    const begin = async () => {
      if (state === "cancelled") throw new Error("interrupted before it began");
      state = "running";
      return run();
    };
    const ended = session.last.then(begin).catch(sqlErrorOf);
    session.last = ended;
    const cancel = () => {
      if (state === "running") session.connection.interrupt();
      state = "cancelled";
    };
    const query: AsyncQuery = { id: randomUUID(), requestId, session, ended, cancel };
    queries.set(query.id, query);
    void ended.then(() => queries.set(query.id, query, { ttl: 120_000 }));
    return query;
  }

  /** A statement of this session, by its own id or its request's. */
  function find(session: StandInSession, id: string): AsyncQuery | undefined {
    const found = queries.get(id) ?? [...queries.values()].find(({ requestId }) => requestId === id);
    return found?.session === session ? found : undefined;
  }

  return { start, find };
}

/** What a statement came to, or undefined where it still runs after so long. */
export async function awaited(
  query: AsyncQuery,
  milliseconds: number,
): Promise<StatementResult | SqlError | undefined> {
  const over = new AbortController();
  const limit = sleep(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  return Promise.race([query.ended, limit]).finally(() => over.abort());
}
