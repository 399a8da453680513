import { closeSync, existsSync, linkSync, openSync, writeSync } from "node:fs";
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
  output: number;
}

/** Keeps one engine ready: a job, and more so the next one of a chain, starts without the time that Node needs to load one. */
export function keepWarmEngine(context: Context): WarmEngines {
  const file = join(context.layout.logs, NAME);
  let warmEngine: WarmEngine | undefined;
  // A killed worker left it: its warm engine ended with it.
  removeFile(file);
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
    const output = openSync(file, "ax", 0o600);
    return { process: engineProcess(context, ["--await"], output, "pipe"), output };
  }

  function take(claimFile: string, log: string, firstLine: string): EngineProcess | undefined {
    // An attempt that already has a log continues it, and the warm engine would start a new one.
    if (!lives(warmEngine) || existsSync(log)) return undefined;
    const { process, output } = warmEngine;
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
    const { process, output } = warmEngine;
    warmEngine = undefined;
    process.leave();
    closeSync(output);
    removeFile(file);
  }
}

// Where the output of the engine that waits goes: the file becomes the log of its job. One name, since to look for others
// would be to list the logs of every job there ever was.
const NAME = ".warm-engine.log";

function lives(warmEngine: WarmEngine | undefined): warmEngine is WarmEngine {
  return warmEngine?.process.identity !== undefined && isAlive(warmEngine.process.identity);
}
