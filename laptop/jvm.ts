import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf } from "../files/process-identity.ts";
import type { ProcessIdentity } from "../jobs/running.ts";
import { answers } from "./ports.ts";

const OPENED = [
  ..."lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic"
    .split(" ")
    .map(name => `java.base/java.${name}`),
  ..."jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar"
    .split(" ")
    .map(name => `java.base/${name}`),
  "java.security.jgss/sun.security.krb5",
];

/** What Hive and Spark need of a Java of today: options of the JVM, which `spark-submit` would add. */
export const JVM_OPTIONS = [
  ...OPENED.map(name => `--add-opens=${name}=ALL-UNNAMED`),
  "-Djdk.reflect.useDirectMethodHandle=false",
  "-Dio.netty.tryReflectionSetAccessible=true",
];

/** A JVM to start: what it runs and where its output goes. */
export interface JvmLaunch {
  title: string;
  java: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  logFile: string;
  port: number;
}

/** Starts a JVM in a process group of its own and waits until its port answers. `started` hears of it before that. */
export async function startJvm(launch: JvmLaunch, started: (identity: ProcessIdentity) => void): Promise<void> {
  const log = openSync(launch.logFile, "w", 0o600);
  const child = spawn(launch.java, launch.args, {
    env: launch.env,
    cwd: launch.cwd,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.on("error", () => {});
  child.unref();
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (!identity || child.pid === undefined) throw new Error(`${launch.title} could not be started: ${launch.java}`);
  started(identity);
  for (const until = Date.now() + 120_000; !(await answers(launch.port)); await sleep(100)) {
    if (identityOf(child.pid) === undefined) throw died(launch, "ended while it started");
    if (Date.now() > until) throw died(launch, "did not answer within two minutes");
  }
}

function died({ title, logFile }: JvmLaunch, how: string): Error {
  const lines = readFileSync(logFile, "utf8").trim().split("\n").slice(-8);
  return new Error(`${title} ${how}. The last lines of ${logFile}:\n  ${lines.join("\n  ")}`);
}
