import { statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { livingEngine } from "../files/engine-mark.ts";
import { readJson } from "../files/json.ts";
import { runningFiles } from "../files/layout.ts";
import { isAlive } from "../files/process-identity.ts";
import type { EngineResult } from "../jobs/running.ts";
import type { Claimed } from "./claim.ts";
import type { Context } from "./context.ts";
import { after } from "./deadline.ts";
import type { EngineProcess, Exit } from "./engine-process.ts";
import { terminate } from "./terminate.ts";

/** Why the worker ended an engine. */
export type EndReason = "cancel" | "stop" | "timeout";

/** How a turn of a job ended. Without a result the engine crashed; `ran` is false where none was ever started. */
export interface Ended extends Exit {
  ran: boolean;
  result?: EngineResult;
  reason?: EndReason;
}

/** A running engine, in the hands of this worker. */
export interface Following {
  /** How it ended; undefined if the worker left it to the next one. */
  ended: Promise<Ended | undefined>;
  end(reason: EndReason): void;
  /** Leaves the engine to the next worker. */
  leave(): void;
}

/** Follows an engine to its end: one that was just launched, or one that another worker started. */
export function follow(context: Context, { claim, type }: Claimed, launched?: EngineProcess): Following {
  const { layout, timing, sessions, log } = context;
  const files = runningFiles(layout, claim.id);
  const leaving = Promise.withResolvers<undefined>();
  let left = false;
  let reason: EndReason | undefined;
  const since = launched ? Date.now() : statSync(files.engine).mtimeMs;
  const limit = claim.timeoutMinutes === undefined ? undefined : since + claim.timeoutMinutes * 60_000;
  const timeout = limit === undefined ? undefined : after(limit - Date.now(), () => end("timeout"));
  return { ended: wait(), end, leave };

  async function wait(): Promise<Ended | undefined> {
    const exit = await Promise.race([launched?.exit ?? { exitCode: null }, leaving.promise]);
    // Another engine may have been there first (ours then says so and ends), or this one was never our child.
    while (!left && livingEngine(layout, claim)) await Promise.race([pause(timing.poll), leaving.promise]);
    timeout?.cancel();
    if (left || !exit) return undefined;
    // The engine's own word is what counts, whatever became of its process after it.
    const result = readJson<EngineResult>(files.result);
    const ended: Ended = { ...exit, ran: true, ...(reason && { reason }) };
    return result?.attempt === claim.attempt ? { ...ended, exitCode: result.exitCode, result } : ended;
  }

  function end(why: EndReason) {
    if (reason || left) return;
    reason = why;
    endEngine(why).catch(error => log.error(`The engine of ${claim.id} can't be ended: ${error.message}`));
  }

  async function endEngine(why: EndReason) {
    // A stream comes to its end in order: what runs in its sessions is its own to stop.
    const inOrder = why === "cancel" && type.lane === "stream";
    if (why === "cancel" && !inOrder) {
      const interrupted = sessions.interrupt(claim).catch(error => log.warn(`${claim.id}: ${error.message}`));
      await Promise.race([interrupted, pause(timing.grace)]);
    }
    const engine = [livingEngine(layout, claim), launched?.identity].find(one => one && isAlive(one));
    if (engine) await terminate(engine, inOrder ? timing.orderly : timing.grace);
  }

  function leave() {
    left = true;
    timeout?.cancel();
    launched?.release();
    leaving.resolve(undefined);
  }
}
