import { closeSync, openSync, writeSync } from "node:fs";
import { join, relative } from "node:path";
import { execa, type Result } from "execa";
import { logFile, runningFiles } from "../files/layout.ts";
import { identityOf } from "../files/process-identity.ts";
import type { Claim, ProcessIdentity } from "../jobs/running.ts";
import { type Context, ENGINE_FOLDER } from "./context.ts";

/** How a process of ours ended. `failure` says why it could not even be started. */
export interface Exit {
  exitCode: number | null;
  signal?: string;
  failure?: string;
}

/** An engine that this worker started. */
export interface Launched {
  identity: ProcessIdentity | undefined;
  exit: Promise<Exit>;
  /** Lets this process end before the engine does. */
  release(): void;
}

/** Starts the engine of a claim, in a process group of its own, with its log open in its own hands. */
export function launchEngine(context: Context, claim: Claim): Launched {
  const { layout, engineCommand, environment, settings } = context;
  const [program = process.execPath, ...first] = engineCommand;
  const claimFile = runningFiles(layout, claim.id).claim;
  const log = openSync(logFile(layout, claim.id, claim.attempt), "a", 0o640);
  try {
    const shown = ["node", ...first, "--claim", relative(layout.root, claimFile)];
    writeSync(log, `$ ${shown.join(" ")}\n`);
    // execa passes any open file on; its types name the first few only.
    const output = log as 3;
    const child = execa(program, [...first, "--claim", claimFile], {
      cwd: ENGINE_FOLDER,
      // An engine is up in half the time where Node finds its sources compiled.
      env: { NODE_COMPILE_CACHE: join(settings.CACHE_DIR, "compiled"), ...environment },
      extendEnv: false,
      stdio: ["ignore", output, output],
      detached: true,
      cleanup: false,
      reject: false,
    });
    const exit = child.then(result => exitOf(result));
    return {
      identity: child.pid ? identityOf(child.pid) : undefined,
      exit,
      release: () => child.nodeChildProcess.unref(),
    };
  } finally {
    closeSync(log);
  }
}

function exitOf(result: Pick<Result, "exitCode" | "signal"> & { shortMessage?: string | undefined }): Exit {
  const { exitCode, signal, shortMessage } = result;
  if (exitCode === undefined && signal === undefined)
    return { exitCode: null, failure: shortMessage ?? "it could not be started" };
  return { exitCode: exitCode ?? null, ...(signal !== undefined && { signal }) };
}
