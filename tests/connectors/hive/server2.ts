import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { javaOptions } from "../../../connectors/spark/server/java.ts";
import { UTF8_LOCALE } from "../../../connectors/spark/server/server.ts";
import { findInstalled } from "../../../core/installed.ts";
import { readSettings } from "../../../core/settings.ts";
import { answers, freePort } from "../../../laptop/ports.ts";
import { cacheLayout } from "../../../setup/layout.mjs";
import { folders, hiveSettings } from "./hive.ts";

/** How the server is spoken to. With `ldap` it lets in ada alone, whose password is `PASSWORD`. */
export interface ServerWays {
  http?: boolean;
  noSasl?: boolean;
  ldap?: boolean;
  timeZone?: string;
  /** Options of its JVM, and settings beside its own. */
  java?: readonly string[];
  more?: Readonly<Record<string, string>>;
  /** A free one where none is given. */
  port?: number;
}

/** The password of the one person that a server with LDAP knows. */
export const PASSWORD = "p4ss w0rd;=%";

// Hive writes its plans with a library that looks into Java's own classes.
const OPENED = ["java.base/java.util.regex", "java.base/java.text", "java.base/java.math", "java.sql/java.sql"]
  .map(name => `--add-opens=${name}=ALL-UNNAMED`)
  .join(" ");

/** Starts a real HiveServer2 beside the tests' metastore, ended with the test; gives host and port. */
export async function startServer2(
  t: { after(end: () => Promise<void>): void },
  { http, noSasl, ldap, timeZone = "UTC", java: javaMore = [], more = {}, port: wanted = 0 }: ServerWays = {},
): Promise<{ port: number; end(): Promise<void> }> {
  const { CACHE_DIR, SPARK_HOME, HIVE_METASTORE_URI: metastore } = readSettings();
  if (!metastore) throw new Error("The tests' metastore is not known: run the test through `npm test`.");
  const { java, sparkHome } = await findInstalled({ CACHE_DIR, ...(SPARK_HOME && { SPARK_HOME }) });
  const { hive: jars } = cacheLayout(CACHE_DIR);
  const folder = mkdtempSync(join(tmpdir(), "portal-hive-server-"));
  for (const name of Object.values(folders(folder))) mkdirSync(name, { recursive: true });
  chmodSync(folders(folder)["hive.exec.scratchdir"], 0o777);
  const port = await freePort(wanted);
  const settings = {
    ...hiveSettings(metastore, folder),
    "hive.server2.thrift.bind.host": "127.0.0.1",
    "hive.server2.thrift.port": String(port),
    "hive.server2.thrift.http.port": String(port),
    "hive.server2.transport.mode": http ? "http" : "binary",
    "hive.server2.enable.doAs": "false",
    "hive.server2.authentication": ldap ? "LDAP" : noSasl ? "NOSASL" : "NONE",
    "hive.server2.logging.operation.enabled": "false",
    // As a server out there: the witness has to switch it off itself.
    "hive.compute.query.using.stats": "true",
    ...more,
  };
  // Spark has classes of the same names as Hive's server: Hive's come first.
  const service = readdirSync(jars).find(name => /^hive-service-\d/.test(name)) ?? "";
  const classPath = [join(jars, service), join(sparkHome, "jars", "*"), join(jars, "*")].join(":");
  const log = openSync(join(folder, "hive.log"), "w");
  const child = spawn(
    java,
    [
      ...javaOptions({
        "spark.driver.memory": "700m",
        "spark.driver.extraJavaOptions": `${OPENED} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Duser.timezone=${timeZone}`,
      }),
      ...javaMore,
      ...["-cp", classPath, "org.codehaus.janino.SimpleCompiler", join(import.meta.dirname, "ServeThrift.java")],
      ...["ServeThrift", http ? "http" : "binary", ...Object.entries(settings).flat()],
    ],
    { cwd: folder, stdio: ["pipe", log, log], env: { LANG: UTF8_LOCALE, ...process.env } },
  );
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  t.after(end);
  for (const until = Date.now() + 120_000; !(await answers(port)); await sleep(100)) {
    if (child.exitCode === null && Date.now() < until) continue;
    throw new Error(`HiveServer2 did not start:\n${readFileSync(join(folder, "hive.log"), "utf8").slice(-3000)}`);
  }
  return { port, end };
}
