import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ExecaError, execa } from "execa";
import { launchHash, readEndpoints } from "../../core/endpoints.ts";
import type { ProcessIdentity } from "../../core/jobs/running.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import { cacheLayout } from "../../setup/layout.mjs";
import { ensureKafka } from "../../setup/parts/jars.mjs";
import { findJava } from "../../setup/parts/java.mjs";
import { portOf } from "../adopt.ts";
import type { ServicePlan } from "../ensure.ts";
import { laptopFolders } from "../folders.ts";
import { launch, plainEnvironment } from "../launch.ts";
import { freePort } from "../ports.ts";
import { QUICK_START } from "./connect-conf.ts";
import { topicsFolder, writeKafkaConf } from "./kafka-conf.ts";

/**
 * How the small Kafka is started: one process, its topics below LAPTOP_DIR. One that has died comes back where it
 * listened before: who reads from it or writes to it only waits.
 */
export async function kafkaPlan(
  settings: Pick<Settings, "CACHE_DIR" | "LAPTOP_DIR">,
  usualPort = 9092,
): Promise<ServicePlan<"kafka">> {
  const { kafka: folder, logs } = laptopFolders(settings.LAPTOP_DIR);
  const jars = cacheLayout(settings.CACHE_DIR).kafka;
  // The first time somebody wants it, unless the first start has fetched it by then.
  await ensureKafka({ ...process.env, CACHE_DIR: settings.CACHE_DIR }).catch(error => {
    throw missing("the jars of a small Kafka", error);
  });
  const version = versionIn(jars);
  const java = await findJava({ ...process.env, CACHE_DIR: settings.CACHE_DIR });
  if (!java) throw missing("Java 17 or newer, which a small Kafka needs");
  const before = readEndpoints(settings).kafka;
  const title = `Kafka ${version}`;
  return {
    name: "kafka",
    title,
    usualPort: before ? portOf(before) : usualPort,
    launch: launchHash(version, java, folder),
    describe: port => ({ url: `127.0.0.1:${port}`, version }),
    start: async (port, started) => {
      for (const made of [folder, logs]) mkdirSync(made, { recursive: true, mode: 0o700 });
      const conf = writeKafkaConf({ folder, port, controllerPort: await freePort(0) });
      const logging = `-Dlog4j2.configurationFile=file:${conf.logging}`;
      const run = ["-Xmx256m", ...QUICK_START.split(" "), logging, "-cp", join(jars, "*")];
      if (!existsSync(join(topicsFolder(folder), "meta.properties"))) await makeReady(java, run, conf.server);
      const logFile = join(logs, "kafka.log");
      const args = [...run, "kafka.Kafka", conf.server];
      let identity: ProcessIdentity | undefined;
      await launch({ title, port, cwd: folder, logFile, program: java, args }, is => {
        identity = is;
        started(is);
      });
      await takesMessages(logFile, () => identity !== undefined && isAlive(identity));
    },
  };
}

function versionIn(jars: string): string {
  const jar = existsSync(jars) && readdirSync(jars).find(name => name.startsWith("kafka_2.13-"));
  if (jar) return /-([\d.]+)\.jar$/.exec(jar)?.[1] ?? "";
  throw missing("the jars of a small Kafka");
}

function missing(what: string, notFetched?: Error): SettingsError {
  const why = notFetched ? ` It could not be fetched now: ${notFetched.message}` : "";
  return new SettingsError(
    `Not installed: ${what}. Run \`node setup.mjs\`, which installs what is missing, or write KAFKA_BROKERS=host:9092 into .env.${why}`,
  );
}

/** Writes the id of a cluster of one into the folder of the topics. */
async function makeReady(java: string, run: readonly string[], server: string): Promise<void> {
  // An id that begins with a dash would be taken for an option.
  const id = `k${randomBytes(16).toString("base64url").slice(1)}`;
  const args = [...run, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", id, "-c", server];
  const options = { env: plainEnvironment(), extendEnv: false };
  await execa(java, args, options).catch((error: ExecaError) => {
    const why =
      String(error.stderr ?? "")
        .split("\n")
        .at(-1) || error.shortMessage;
    throw new Error(`The small Kafka could not make its folder ready: ${why}. See ${server}.`);
  });
}

// Its port is open before it is a broker; after kill -9 it first waits for the one that it was.
async function takesMessages(logFile: string, lives: () => boolean): Promise<void> {
  for (const until = Date.now() + 120_000; ; await pause(100)) {
    if (readFileSync(logFile, "utf8").includes("Kafka Server started")) return;
    if (!lives()) throw new Error(`The small Kafka ended while it started: see the end of ${logFile}.`);
    if (Date.now() > until)
      throw new Error(`The small Kafka did not begin its work within two minutes: see the end of ${logFile}.`);
  }
}
