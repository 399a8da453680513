import { join } from "node:path";
import { execa, type Result } from "execa";
import type { ProcessIdentity } from "../../core/jobs/running.ts";
import { identityOf } from "../../core/system/process-identity.ts";
import { type Context, ENGINE_FOLDER } from "../context.ts";

/** How a process of ours ended. `failure` says why it could not even be started. */
export interface Exit {
  exitCode: number | null;
  signal?: string;
  failure?: string;
}

/** A process that runs an engine. */
export interface EngineProcess {
  identity: ProcessIdentity | undefined;
  exit: Promise<Exit>;
  /** Lets this process end before the engine does. */
  release(): void;
  /** A line on its input, where that is a pipe. */
  send(line: string): void;
  /** Ends its input. */
  leave(): void;
}

/** Starts the program of an engine, in a process group of its own, with its log open in its own hands. */
export function engineProcess(
  { engineCommand, environment, settings }: Context,
  parameters: readonly string[],
  log: number,
  input: "ignore" | "pipe",
): EngineProcess {
  const [program = process.execPath, ...first] = engineCommand;
  // execa passes any open file on; its types name the first few only.
  const output = log as 3;
  const child = execa(program, [...first, ...parameters], {
    cwd: ENGINE_FOLDER,
    // An engine is up in half the time where Node finds its sources compiled.
    env: { NODE_COMPILE_CACHE: join(settings.CACHE_DIR, "compiled"), ...environment },
    extendEnv: false,
    stdio: [input, output, output],
    detached: true,
    cleanup: false,
    reject: false,
  });
  // One that has just died is found out by its exit.
  child.stdin?.on("error", () => {});
  return {
    identity: child.pid ? identityOf(child.pid) : undefined,
    exit: child.then(result => exitOf(result)),
    release: () => child.nodeChildProcess.unref(),
    send: line => void child.stdin?.write(`${line}\n`),
    leave: () => void child.stdin?.end(),
  };
}

function exitOf(result: Pick<Result, "exitCode" | "signal"> & { shortMessage?: string | undefined }): Exit {
  const { exitCode, signal, shortMessage } = result;
  if (exitCode === undefined && signal === undefined)
    return { exitCode: null, failure: shortMessage ?? "it could not be started" };
  return { exitCode: exitCode ?? null, ...(signal !== undefined && { signal }) };
}
