import { setTimeout as pause } from "node:timers/promises";
import { sparkRemote } from "../endpoints.ts";
import { eventsFile, type Layout } from "../files/layout.ts";
import { readLines } from "../files/ndjson.ts";
import type { JobEvent } from "../jobs/events.ts";
import type { Claim } from "../jobs/running.ts";
import { type Settings, SettingsError } from "../settings.ts";
import { openSession, type Session } from "../spark/session.ts";
import type { Sessions } from "./sessions.ts";

/** The sessions of engines on Spark Connect, wherever it is set or was started by then. */
export function sparkSessions(layout: Layout, settings: Settings): Sessions {
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
          if (remote) await eachSession(remote, used(layout, claim), endSession, milliseconds);
          return { gone: true };
        } catch (error) {
          // Away together with the server, if nothing that writes was ever started in them.
          if (used(layout, claim).every(({ operations }) => operations.length === 0)) return { gone: true };
          if (signal.aborted || Date.now() > deadline) return { gone: false, why: (error as Error).message };
        }
        await pause(1000, undefined, { signal }).catch(() => {});
      }
    },
  };
}

interface Used {
  sessionId: string;
  operations: string[];
}

// What a turn may have opened: slot 0 to plan with, one for each step side by side, and whatever its events name.
function used(layout: Layout, claim: Claim): Used[] {
  const told = readLines<JobEvent>(eventsFile(layout, claim.id)).filter(
    event => event.attempt === claim.attempt && event.at >= claim.claimedAt,
  );
  if (told.length === 0) return [];
  const parallel = told.findLast(event => event.event === "planned")?.parallel ?? 0;
  const operations = new Map(claim.sessions.slice(0, parallel + 1).map(id => [id, [] as string[]]));
  for (const event of told) {
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
  remote: string,
  sessions: readonly Used[],
  act: (session: Session, used: Used) => Promise<unknown>,
  patience = 5_000,
): Promise<void> {
  const readyMilliseconds = Math.min(5_000, patience);
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

function remoteOf(settings: Settings): string | undefined {
  try {
    return sparkRemote(settings);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}
