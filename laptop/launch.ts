import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf, isAlive } from "../files/process-identity.ts";
import type { ProcessIdentity } from "../jobs/running.ts";
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
  const log = openSync(service.logFile, "w", 0o600);
  const { program, args, cwd } = service;
  const env = { ...plainEnvironment(), ...service.environment };
  const child = spawn(program, args, { env, cwd, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  await once(child, "spawn");
  child.unref();
  const identity = identityOf(child.pid ?? 0);
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
  return Object.fromEntries(names.flatMap(name => (environment[name] ? [[name, environment[name]]] : [])));
}

function failed({ title, logFile }: Launch, how: string): Error {
  const lines = readFileSync(logFile, "utf8").trim().split("\n").slice(-8);
  return new Error(`${title} ${how}. The end of ${logFile}:\n  ${lines.join("\n  ")}`);
}
