import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { UTF8_LOCALE } from "../connectors/spark/server/server.ts";
import type { ProcessIdentity } from "../core/jobs/running.ts";
import { identityOf, isAlive } from "../core/system/process-identity.ts";
import { answers } from "./ports.ts";

/** A program that becomes a service: what it is called, how it runs, where its output goes. */
export interface Launch {
  title: string;
  program: string;
  args: string[];
  /** What it has to know, secrets too: these stand in no argument list. */
  environment?: Record<string, string>;
  cwd: string;
  logFile: string;
  port: number;
}

/**
 * Starts a service in a process group of its own and waits until its port answers. It outlives this process unless it
 * is ended. `started` hears of it long before it answers: who dies meanwhile has it on record.
 */
export async function launch(service: Launch, started: (identity: ProcessIdentity) => void): Promise<void> {
  const file = openSync(service.logFile, "w", 0o600);
  // execa passes any open file on; its types name the first few only.
  const log = file as 3;
  const { program, args, cwd } = service;
  const env = { ...plainEnvironment(), ...service.environment };
  const child = execa(program, args, {
    ...{ env, extendEnv: false, cwd, detached: true, cleanup: false, reject: false },
    stdio: ["ignore", log, log],
  });
  closeSync(file);
  if (child.pid === undefined) throw (await child).cause;
  child.nodeChildProcess.unref();
  const identity = identityOf(child.pid);
  if (!identity) throw failed(service, "ended at once");
  started(identity);
  for (const until = Date.now() + 120_000; !(await answers(service.port)); await sleep(100)) {
    if (!isAlive(identity)) throw failed(service, "ended while it started");
    if (Date.now() > until) throw failed(service, "did not answer within two minutes");
  }
}

/** What a service may know of our environment: no setting, and so no secret. */
export function plainEnvironment(environment = process.env): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "JAVA_HOME"];
  const known = Object.fromEntries(names.flatMap(name => (environment[name] ? [[name, environment[name]]] : [])));
  // Without a locale, as under cron and systemd, Java can't open files whose names have other letters than ASCII.
  return { LANG: UTF8_LOCALE, ...known };
}

function failed({ title, logFile }: Launch, how: string): Error {
  const lines = readFileSync(logFile, "utf8").trim().split("\n").slice(-8);
  return new Error(`${title} ${how}. The end of ${logFile}:\n  ${lines.join("\n  ")}`);
}
