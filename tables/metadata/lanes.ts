import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../../settings.ts";
import { ServerLost } from "../../spark/errors.ts";
import { type Line, openLine } from "./line.ts";
import { isLost } from "./says.ts";

/** Names have a session of their own, so that they never wait behind details; so have rows, and logs, which set it their way. */
export type Lane = "names" | "details" | "rows" | "logs";

/** A session for each lane, opened when it is first needed and again whenever it was lost. */
export interface Lanes {
  ask<T>(lane: Lane, work: (line: Line) => Promise<T>): Promise<T>;
  /** Releases the sessions. */
  close(): Promise<void>;
}

/** Opens nothing yet. `away` hears of it when no session could be opened, or the server was lost. */
export function lanes(settings: Settings, away: (error: unknown) => void): Lanes {
  const ids: Record<Lane, string> = {
    names: randomUUID(),
    details: randomUUID(),
    rows: randomUUID(),
    logs: randomUUID(),
  };
  const lines = new Map<Lane, Promise<Line>>();
  let closed = false;

  const open = (lane: Lane): Promise<Line> => {
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
        else away(error);
      },
    );
    return opening;
  };
  // Who comes back to a server that was lost comes back to the same session: it may still be there.
  const drop = (lane: Lane, line: Line, error: unknown) => {
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
    away(error);
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

async function end(opening: Promise<Line>): Promise<void> {
  const line = await opening.catch(() => undefined);
  if (!line) return;
  // A server that hangs must not keep the portal from ending.
  await Promise.race([line.session.release(), sleep(PATIENCE, undefined, { ref: false })]).catch(() => undefined);
  line.session.close();
}

const PATIENCE = 5_000;
