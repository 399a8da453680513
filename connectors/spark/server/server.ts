import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ServerLost, SparkError } from "../errors.ts";
import { openSession } from "../session.ts";
import { sparkJars } from "./jars-archive.ts";
import { javaOptions, krb5Option } from "./java.ts";
import { writeLogConf, writeProperties } from "./server-conf.ts";
import { logSince, type QueuedApplication, queuedApplication, startFailure, tellingLines } from "./server-log.ts";

/** How a Spark Connect server is started. */
export interface ServerOptions {
  sparkHome: string;
  /** The program `java`, 17 or newer. */
  java: string;
  jars: string[];
  /** Whose jars those of `spark.yarn.archive` are, where it is one of ours. */
  sparkVersion?: string;
  /** Classes that Java has loaded before (`-XX:ArchiveClassesAtExit`), for a quicker start. */
  classArchive?: string;
  master: string;
  /** Spark's settings; they go by way of a file that only this user can read, and stand in no argument list. */
  conf: Record<string, string>;
  /** A free one where none is given. */
  port?: number;
  logFile: string;
  /** The whole environment of the server. */
  env?: NodeJS.ProcessEnv;
  /** How long it may take until it answers, two minutes by default. Time in a queue of YARN does not count. */
  readyMilliseconds?: number;
  /** Gives up the start and ends the server. */
  signal?: AbortSignal;
  /** Told again and again while the server's application waits in a queue of YARN. */
  onQueued?: (application: QueuedApplication) => void;
  /** Told the process at once, long before it answers: who dies meanwhile has it on record. */
  onStart?: (pid: number, url: string) => void;
}

/** A Spark Connect server that this process started. It outlives this process unless it is stopped. */
export interface ConnectServer {
  pid: number;
  port: number;
  /** The address; it carries the token where the settings ask for one. */
  url: string;
  stop(): Promise<void>;
}

/** The setting of a server whose clients must send a token. */
export const TOKEN_KEY = "spark.connect.authenticate.token";

/** A token that nobody guesses. Without one every user of the machine could run programs as the server's user. */
export function connectToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Starts a Connect server on this machine, without launcher scripts, and waits until it answers. */
export async function startConnectServer(options: ServerOptions): Promise<ConnectServer> {
  const port = await freePort(options.port);
  const folder = mkdtempSync(join(tmpdir(), "spark-conf-"));
  const from = statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const log = () => logSince(options.logFile, from);
  try {
    const child = start(options, folder, port);
    const died = death(child, options, log);
    const token = options.conf[TOKEN_KEY];
    const url = `sc://127.0.0.1:${port}${token ? `/;token=${encodeURIComponent(token)}` : ""}`;
    if (child.pid !== undefined) options.onStart?.(child.pid, url);
    const over = new AbortController();
    const given = options.signal ? AbortSignal.any([over.signal, options.signal]) : over.signal;
    try {
      await Promise.race([answers(url, options, log, given), died]);
      options.signal?.throwIfAborted();
    } catch (error) {
      over.abort();
      died.catch(() => {});
      await stop(child);
      throw error;
    }
    died.catch(() => {}); // from here on whoever uses the server notices
    child.nodeChildProcess.unref();
    return { pid: child.pid!, port, url, stop: () => stop(child) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", () => reject(new SparkError(`Port ${wanted} is taken: choose another for Spark.`)));
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : wanted));
    });
  });
}

function settings({ conf, jars, master, sparkVersion = "" }: ServerOptions, port: number): Record<string, string> {
  return {
    "spark.connect.grpc.binding.address": "127.0.0.1",
    ...conf,
    "spark.master": master,
    "spark.connect.grpc.binding.port": String(port),
    ...(jars.length > 0 && { "spark.jars": sparkJars(jars, sparkVersion, conf) }),
  };
}

/** The locale of a Java process to which the environment gives none: else it knows file names in ASCII only. */
export const UTF8_LOCALE = "C.UTF-8";

type ServerProcess = ReturnType<typeof start>;

function start(options: ServerOptions, folder: string, port: number) {
  // Spark's own launcher reads SPARK_REMOTE too, and refuses to start a server beside it.
  const { SPARK_REMOTE: _, ...env } = options.env ?? {};
  const { sparkHome, java, master, conf, logFile } = options;
  const folders = [env.SPARK_CONF_DIR ?? join(sparkHome, "conf"), env.HADOOP_CONF_DIR, env.YARN_CONF_DIR].filter(
    (one): one is string => Boolean(one),
  );
  const classPath = [...folders, join(sparkHome, "jars", "*")].join(delimiter);
  const confFile = writeProperties(folder, settings(options, port));
  // Java takes the archive only with the class path that it was made with.
  const classArchive = env.HADOOP_CONF_DIR || env.YARN_CONF_DIR ? undefined : options.classArchive;
  // YARN's word on the application is below the level of our servers' logs.
  const logConf = master === "yarn" && !hasLogConf(conf, folders) ? writeLogConf(folder) : undefined;
  const submit = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"];
  const file = openSync(logFile, "a", 0o600);
  // execa passes any open file on; its types name the first few only.
  const log = file as 3;
  try {
    return execa(
      java,
      [
        ...javaOptions(conf),
        ...krb5Option(env),
        ...(classArchive ? [`-XX:SharedArchiveFile=${classArchive}`] : []),
        ...(logConf ? [`-Dlog4j2.configurationFile=file:${logConf}`] : []),
        "-cp",
        classPath,
        "org.apache.spark.deploy.SparkSubmit",
        ...["--properties-file", confFile, "--load-spark-defaults"],
        ...submit,
      ],
      {
        cwd: dirname(logFile),
        detached: true,
        cleanup: false,
        reject: false,
        stdio: ["ignore", log, log],
        extendEnv: false,
        env: {
          ...(master.startsWith("local") && { SPARK_LOCAL_IP: "127.0.0.1" }),
          LANG: UTF8_LOCALE,
          ...env,
          SPARK_HOME: sparkHome,
          SPARK_CONNECT_MODE: "0",
        },
      },
    );
  } finally {
    closeSync(file);
  }
}

// The user's own settings of logs count before ours.
function hasLogConf(conf: Record<string, string>, folders: readonly string[]): boolean {
  if (/log4j/.test(conf["spark.driver.extraJavaOptions"] ?? "")) return true;
  return folders.some(folder => existsSync(folder) && readdirSync(folder).some(name => /^log4j2?\b/.test(name)));
}

async function answers(url: string, options: ServerOptions, log: () => string, over: AbortSignal): Promise<void> {
  const { readyMilliseconds: patience = 120_000, onQueued } = options;
  let until = Date.now() + patience;
  const sessionId = randomUUID();
  while (!over.aborted) {
    try {
      const session = await openSession(url, { sessionId, readyMilliseconds: 1000 });
      await session.release();
      return session.close();
    } catch (error) {
      if (!(error instanceof ServerLost)) throw error;
      const queued = options.master === "yarn" ? queuedApplication(log()) : undefined;
      if (queued) {
        until = Date.now() + patience;
        onQueued?.(queued);
      }
      if (Date.now() > until) throw tooLate(options, patience, log());
    }
  }
}

function tooLate({ logFile }: ServerOptions, milliseconds: number, log: string): SparkError {
  const why = startFailure(log) ?? `Its last words:\n${tellingLines(log)}\n`;
  return new SparkError(
    `The Spark server did not answer within ${Math.ceil(milliseconds / 1000)} s. ${why} Its log: ${logFile}.`,
  );
}

async function death(child: ServerProcess, { java, logFile }: ServerOptions, log: () => string): Promise<never> {
  const { exitCode, signal, originalMessage, cause } = await child;
  if (child.pid === undefined) throw new SparkError(`${java} cannot be started: ${originalMessage}.`, { cause });
  const written = log();
  const ended = `The Spark server ended (${signal ?? `exit ${exitCode}`})`;
  const why = startFailure(written);
  throw new SparkError(
    why ? `${ended}. ${why} Its log: ${logFile}.` : `${ended}; the end of ${logFile}:\n${tellingLines(written)}`,
  );
}

async function stop(child: ServerProcess): Promise<void> {
  const { nodeChildProcess } = child;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (child.pid === undefined || nodeChildProcess.exitCode !== null || nodeChildProcess.signalCode !== null) return;
    nodeChildProcess.ref();
    process.kill(-child.pid, signal);
    await Promise.race([child, sleep(15_000, undefined, { ref: false })]);
  }
}
