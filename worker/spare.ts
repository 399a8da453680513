import { closeSync, existsSync, linkSync, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../files/atomic.ts";
import { isAlive } from "../files/process-identity.ts";
import type { Context } from "./context.ts";
import { type EngineProcess, engineProcess } from "./engine-process.ts";

/** An engine that is up before there is a job for it, with the programs loaded that it will need. */
export interface Spares {
  /** Starts the next one, if none waits. `type` is what comes next, where that is known. */
  prepare(type?: string): void;
  /** Gives a claim to the one that waits, whose output goes on in `log`; undefined where none is there. */
  take(claimFile: string, log: string, firstLine: string): EngineProcess | undefined;
  end(): void;
}

/** For a worker whose engines are started when they are needed. */
export const noSpares: Spares = { prepare: () => {}, take: () => undefined, end: () => {} };

interface Spare {
  process: EngineProcess;
  /** Where its output goes until it has a job: that file then becomes the job's log. */
  file: string;
  output: number;
}

/** Keeps one engine ready: a job, and more so the next one of a chain, starts without the time that Node needs to load one. */
export function keepSpares(context: Context): Spares {
  const { logs } = context.layout;
  let spare: Spare | undefined;
  let count = 0;
  // What a worker that was killed has left there; its engine has ended with it.
  for (const name of readdirSync(logs).filter(one => one.startsWith(PREFIX))) removeFile(join(logs, name));
  return { prepare, take, end };

  function prepare(type?: string) {
    try {
      spare = lives(spare) ? spare : start();
      if (type) spare.process.tell(`prepare ${type}`);
    } catch (error) {
      // Without one a job only starts later.
      context.log.warn(`No engine waits for the next job: ${(error as Error).message}`);
    }
  }

  function start(): Spare {
    end();
    count += 1;
    const file = join(logs, `${PREFIX}${process.pid}-${count}`);
    const output = openSync(file, "ax", 0o640);
    return { process: engineProcess(context, ["--await"], output, "pipe"), file, output };
  }

  function take(claimFile: string, log: string, firstLine: string): EngineProcess | undefined {
    // A turn that goes on with an attempt goes on with its log.
    if (!lives(spare) || existsSync(log)) return undefined;
    const { process, file, output } = spare;
    spare = undefined;
    linkSync(file, log);
    removeFile(file);
    writeSync(output, firstLine);
    closeSync(output);
    process.tell(`claim ${claimFile}`);
    process.leave();
    return process;
  }

  // Its input ends, and so does it.
  function end() {
    if (!spare) return;
    const { process, file, output } = spare;
    spare = undefined;
    process.leave();
    closeSync(output);
    removeFile(file);
  }
}

const PREFIX = ".spare-";

function lives(spare: Spare | undefined): spare is Spare {
  return spare?.process.identity !== undefined && isAlive(spare.process.identity);
}
