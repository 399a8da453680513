import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../../core/settings.ts";
import { ServerLost } from "../spark/errors.ts";
import { isLost } from "./errors.ts";
import { openLine, type TaskLine } from "./line.ts";

/** Each kind of question has its own session: names never wait behind details, and logs set the session up differently. */
export type BrowserLane = "names" | "details" | "rows" | "logs";

/** A session for each lane, opened when it is first needed and again whenever it was lost. */
export interface Lanes {
  ask<T>(lane: BrowserLane, work: (line: TaskLine) => Promise<T>): Promise<T>;
  /** Releases the sessions. */
  close(): Promise<void>;
}

/** Opens no session yet. `unavailable` is called if none can be opened or the server is lost. */
export function lanes(settings: Settings, unavailable: (error: unknown) => void): Lanes {
  const ids: Record<BrowserLane, string> = {
    names: randomUUID(),
    details: randomUUID(),
    rows: randomUUID(),
    logs: randomUUID(),
  };
  const lines = new Map<BrowserLane, Promise<TaskLine>>();
  let closed = false;

  const open = (lane: BrowserLane): Promise<TaskLine> => {
    if (closed) throw new ServerLost("Nothing is asked any more: the portal is closing.");
    const found = lines.get(lane);
    if (found) return found;
    const opening = openLine(settings, ids[lane]);
    lines.set(lane, opening);
    opening.then(
      line => {
        ids[lane] = line.session.id;
      },
      error => {
        lines.delete(lane);
        if (error instanceof ServerLost) dropAll(error);
        else unavailable(error);
      },
    );
    return opening;
  };
  // After a lost connection the same session id is used again: the session may still exist on the server.
  const drop = (lane: BrowserLane, line: TaskLine, error: unknown) => {
    if (!(error instanceof ServerLost)) ids[lane] = randomUUID();
    lines.delete(lane);
    line.giveUp(error);
    line.session.close();
  };
  const dropAll = (error: unknown) => {
    for (const [lane, opening] of lines) {
      opening.then(
        line => lines.get(lane) === opening && drop(lane, line, error),
        () => undefined,
      );
    }
    unavailable(error);
  };
  return {
    async ask(lane, work) {
      for (let tried = 1; ; tried++) {
        const opening = open(lane);
        const line = await opening;
        try {
          return await Promise.race([work(line), line.gone]);
        } catch (error) {
          if (!isLost(error)) throw error;
          if (error instanceof ServerLost) dropAll(error);
          else if (lines.get(lane) === opening) drop(lane, line, error);
          if (error instanceof ServerLost || tried > 1) throw error;
        }
      }
    },
    async close() {
      closed = true;
      await Promise.all([...lines.values()].map(end));
    },
  };
}

async function end(opening: Promise<TaskLine>): Promise<void> {
  const line = await opening.catch(() => undefined);
  if (!line) return;
  // A server that hangs must not keep the portal from ending.
  await Promise.race([line.session.release(), sleep(PATIENCE, undefined, { ref: false })]).catch(() => undefined);
  line.session.close();
}

const PATIENCE = 5_000;
