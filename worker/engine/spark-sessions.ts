import { setTimeout as pause } from "node:timers/promises";
import type { Remote } from "../../connectors/spark/remote.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { sparkServer } from "../../connectors/spark/tls/server.ts";
import { eventShape } from "../../core/jobs/events.ts";
import type { Claim } from "../../core/jobs/running.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { eventsFile, type Layout } from "../../core/store/layout.ts";
import { readLines } from "../../core/system/ndjson.ts";

/** The sessions of engines on Spark Connect, wherever it is set or was started by then. */
export function sparkSessions(layout: Layout, settings: Settings): SparkSessions {
  return {
    interrupt: async claim => {
      const remote = remoteOf(settings);
      if (remote) await eachSession(remote, used(layout, claim), session => session.interrupt());
    },
    async end(claim, { milliseconds, signal }) {
      const deadline = Date.now() + milliseconds;
      for (;;) {
        try {
          const remote = remoteOf(settings);
          const left = Math.max(1_000, deadline - Date.now());
          if (remote) await within(left, eachSession(remote, used(layout, claim), endSession, milliseconds));
          return { gone: true };
        } catch (error) {
          // The server does not answer. If no write was started in these sessions, nothing of them can land later.
          const wrote = used(layout, claim).some(({ operations }) => operations.length > 0);
          const isOver = signal.aborted || Date.now() > deadline;
          // The worker's own Spark is being started again: an attempt before it is there would be wasted.
          if (!wrote && (isOver || settings.SPARK_REMOTE || !settings.SPARK_MASTER)) return { gone: true };
          if (isOver) return { gone: false, why: (error as Error).message };
        }
        await pause(1000, undefined, { signal }).catch(() => {});
      }
    },
  };
}

// Treats a server that accepts a call and never answers as one that does not answer.
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = pause(milliseconds, undefined, { signal: over.signal }).then(() => {
    throw new Error(`Spark did not answer within ${Math.round(milliseconds / 1000)} s.`);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => {});
    work.catch(() => {});
  }
}

interface Used {
  sessionId: string;
  operations: string[];
}

// The sessions that the engine of a claim may have opened: slot 0 for the plan, one for each parallel step, and those that its
// events name.
function used(layout: Layout, claim: Claim): Used[] {
  const recorded = readLines(eventsFile(layout, claim.id), eventShape).filter(
    event => event.attempt === claim.attempt && event.at >= claim.claimedAt,
  );
  if (recorded.length === 0) return [];
  const parallel = recorded.findLast(event => event.event === "planned")?.parallel ?? 0;
  const operations = new Map(claim.sessions.slice(0, parallel + 1).map(id => [id, [] as string[]]));
  for (const event of recorded) {
    if (event.event !== "progress" || !event.session || !event.operation) continue;
    operations.set(event.session, [...(operations.get(event.session) ?? []), event.operation]);
  }
  return [...operations].map(([sessionId, ran]) => ({ sessionId, operations: [...new Set(ran)] }));
}

async function endSession(session: Session, { operations }: Used): Promise<void> {
  await session.interrupt();
  await Promise.all(operations.map(operation => session.drain(operation)));
  await session.release();
}

async function eachSession(
  remote: Remote,
  sessions: readonly Used[],
  act: (session: Session, used: Used) => Promise<unknown>,
  patience = 5_000,
): Promise<void> {
  const readyMilliseconds = Math.min(5_000, patience);
  // Few jobs leave sessions behind, and the client is the largest part of the worker.
  const { openSession } = await import("../../connectors/spark/session.ts");
  const acts = sessions.map(async one => {
    const session = await openSession(remote, { sessionId: one.sessionId, readyMilliseconds });
    try {
      await act(session, one);
    } finally {
      session.close();
    }
  });
  const failed = (await Promise.allSettled(acts)).find(ended => ended.status === "rejected");
  if (failed) throw failed.reason;
}

function remoteOf(settings: Settings): Remote | undefined {
  try {
    return sparkServer(settings);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** Whether the Spark sessions of a claim are known to be gone, with all that they wrote. */
export type Gone = { gone: true } | { gone: false; why: string };

/** What the worker does about the Spark sessions of an engine that it can no longer ask. */
export interface SparkSessions {
  /** Interrupts whatever runs in them, at once. */
  interrupt(claim: Claim): Promise<void>;
  /** Makes sure that nothing of them runs or lands any more. Waits for an unreachable server, but not for ever. */
  end(claim: Claim, patience: { milliseconds: number; signal: AbortSignal }): Promise<Gone>;
}

/** For a worker whose engines open no sessions. */
export const noSessions: SparkSessions = { interrupt: async () => {}, end: async () => ({ gone: true }) };
