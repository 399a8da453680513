import { statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { EngineResult } from "../../core/jobs/running.ts";
import { resultShape } from "../../core/jobs/running.ts";
import { livingEngine } from "../../core/store/engine-mark.ts";
import { runningFiles } from "../../core/store/layout.ts";
import { readShaped } from "../../core/system/json.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import type { Context } from "../context.ts";
import type { Claimed } from "../queue/claim.ts";
import type { EngineProcess, Exit } from "./engine-process.ts";
import { after, killNow, terminate } from "./terminate.ts";

/** Why the worker ended an engine. */
export type EndReason = "cancel" | "stop" | "timeout";

/** How the engine of one claim ended. Without a result it crashed; `ran` is false if no engine was started. */
export interface EngineEnd extends Exit {
  ran: boolean;
  result?: EngineResult;
  reason?: EndReason;
}

/** A running engine, in the hands of this worker. */
export interface Following {
  /** How it ended; undefined if the worker left it to the next one. */
  ended: Promise<EngineEnd | undefined>;
  end(reason: EndReason): void;
  /** Follows the engine no more: the next worker does, or nobody does since it is killed at once. */
  leave(engine?: "running" | "killed"): void;
}

/** Follows an engine to its end: one that was just launched, or one that another worker started. */
export function followEngine(context: Context, { claim, type }: Claimed, launched?: EngineProcess): Following {
  const { layout, timing, sessions, log } = context;
  const files = runningFiles(layout, claim.id);
  const leaving = Promise.withResolvers<undefined>();
  const resumed = launched ? undefined : livingEngine(layout, claim);
  let left = false;
  let reason: EndReason | undefined;
  const since = launched ? Date.now() : statSync(files.engine).mtimeMs;
  const limit = claim.timeoutMinutes === undefined ? undefined : since + claim.timeoutMinutes * 60_000;
  const timeout = limit === undefined ? undefined : after(limit - Date.now(), () => end("timeout"));
  return { ended: wait(), end, leave };

  async function wait(): Promise<EngineEnd | undefined> {
    const exit = await Promise.race([launched?.exit ?? { exitCode: null }, leaving.promise]);
    // Another engine may already work on this claim (ours then ends at once), or an earlier worker started this one: then there
    // is no child process to wait for.
    while (!left && livingEngine(layout, claim)) await Promise.race([pause(timing.poll), leaving.promise]);
    timeout?.cancel();
    if (left || !exit) return undefined;
    // A result that the engine wrote counts, even if its process crashed afterwards.
    const result = readShaped(files.result, resultShape);
    const ended: EngineEnd = { ...exit, ran: true, ...(reason && { reason }) };
    return result?.attempt === claim.attempt ? { ...ended, exitCode: result.exitCode, result } : ended;
  }

  function end(why: EndReason) {
    if (reason || left) return;
    reason = why;
    endEngine(why).catch(error => log.error(`The engine of ${claim.id} can't be ended: ${error.message}`));
  }

  async function endEngine(why: EndReason) {
    // The engine of a stream ends its queries itself after the current batch, so its Spark sessions are not interrupted.
    const inOrder = why === "cancel" && type.lane === "stream";
    if (why === "cancel" && !inOrder) {
      const interrupted = sessions.interrupt(claim).catch(error => log.warn(`${claim.id}: ${error.message}`));
      await Promise.race([interrupted, pause(timing.grace)]);
    }
    const engine = [livingEngine(layout, claim), launched?.identity].find(one => one && isAlive(one));
    if (engine) await terminate(engine, inOrder ? timing.orderly : timing.grace);
  }

  function leave(engine: "running" | "killed" = "running") {
    left = true;
    timeout?.cancel();
    launched?.release();
    // The mark in the folder may be that of another host's engine by now.
    const own = launched?.identity ?? resumed;
    if (engine === "killed" && own) killNow(own);
    leaving.resolve(undefined);
  }
}
