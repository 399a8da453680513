import { closeSync, existsSync, linkSync, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../../core/system/atomic.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import type { Context } from "../context.ts";
import { type EngineProcess, engineProcess } from "./engine-process.ts";

/** An engine that is up before there is a job for it, with the programs loaded that it will need. */
export interface WarmEngines {
  /** Starts the next one, if none waits. `type` is what comes next, where that is known. */
  prepare(type?: string): void;
  /** Gives a claim to the one that waits, whose output goes on in `log`; undefined where none is there. */
  take(claimFile: string, log: string, firstLine: string): EngineProcess | undefined;
  end(): void;
}

/** For a worker whose engines are started when they are needed. */
export const noWarmEngines: WarmEngines = { prepare: () => {}, take: () => undefined, end: () => {} };

interface WarmEngine {
  process: EngineProcess;
  /** Where its output goes until it has a job: that file then becomes the job's log. */
  file: string;
  output: number;
}

/** Keeps one engine ready: a job, and more so the next one of a chain, starts without the time that Node needs to load one. */
export function keepWarmEngine(context: Context): WarmEngines {
  const { logs } = context.layout;
  let warmEngine: WarmEngine | undefined;
  let count = 0;
  // Files that a killed worker left: its warm engine ended with it.
  for (const name of readdirSync(logs).filter(one => one.startsWith(PREFIX))) removeFile(join(logs, name));
  return { prepare, take, end };

  function prepare(type?: string) {
    try {
      warmEngine = lives(warmEngine) ? warmEngine : start();
      if (type) warmEngine.process.send(`prepare ${type}`);
    } catch (error) {
      // Not an error: without a warm engine a job only starts more slowly.
      context.log.warn(`No engine waits for the next job: ${(error as Error).message}`);
    }
  }

  function start(): WarmEngine {
    end();
    count += 1;
    const file = join(logs, `${PREFIX}${process.pid}-${count}`);
    const output = openSync(file, "ax", 0o600);
    return { process: engineProcess(context, ["--await"], output, "pipe"), file, output };
  }

  function take(claimFile: string, log: string, firstLine: string): EngineProcess | undefined {
    // An attempt that already has a log continues it, and the warm engine would start a new one.
    if (!lives(warmEngine) || existsSync(log)) return undefined;
    const { process, file, output } = warmEngine;
    warmEngine = undefined;
    linkSync(file, log);
    removeFile(file);
    writeSync(output, firstLine);
    closeSync(output);
    process.send(`claim ${claimFile}`);
    process.leave();
    return process;
  }

  // Closes the engine's input, at which it ends.
  function end() {
    if (!warmEngine) return;
    const { process, file, output } = warmEngine;
    warmEngine = undefined;
    process.leave();
    closeSync(output);
    removeFile(file);
  }
}

const PREFIX = ".warm-";

function lives(warmEngine: WarmEngine | undefined): warmEngine is WarmEngine {
  return warmEngine?.process.identity !== undefined && isAlive(warmEngine.process.identity);
}
