import { globSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "../../bench/measuring/cluster.ts";
import { azureStorage } from "../../connectors/azure/azure.ts";
import { findInstalled } from "../../core/installed.ts";
import { freePort } from "../../laptop/ports.ts";
import { ensureNessie } from "../../setup/parts/jars.mjs";
import { settings } from "../engines/lake.ts";

/** A Java that Nessie runs on, 21 or newer; undefined where the machine has none. */
export async function javaForNessie(): Promise<string | undefined> {
  const { java } = await findInstalled(settings);
  for (const program of [java, ...globSync("/usr/lib/jvm/*/bin/java")]) {
    const { stderr } = await execa(program, ["-version"], { reject: false });
    if (Number(/version "(\d+)/.exec(stderr)?.[1]) >= 21) return program;
  }
  return undefined;
}

/**
 * Starts a server of Project Nessie that keeps its state in memory and may write to the tests' Azure storage. Gives the lines
 * of `catalogs.json` for it, by its own protocol and by Iceberg's REST. It ends with the test.
 */
export async function startNessie(t: { after(end: () => Promise<void>): void }, java: string) {
  const { sparkHome } = await findInstalled(settings);
  const jar = await ensureNessie({ ...process.env, SPARK_HOME: sparkHome, CACHE_DIR: settings.CACHE_DIR });
  const azure = azureStorage(settings);
  if (!azure) throw new Error("The tests' Azure storage is not known: run the test through `npm test`.");
  const folder = mkdtempSync(join(tmpdir(), "portal-nessie-"));
  const port = await freePort(0);
  const base = `abfss://${azure.container}@${azure.account}.dfs.core.windows.net/nessie`;
  const lines = {
    "quarkus.http.host": "127.0.0.1",
    "quarkus.http.port": String(port),
    "quarkus.management.port": String(await freePort(0)),
    "quarkus.management.host": "127.0.0.1",
    "quarkus.otel.sdk.disabled": "true",
    "nessie.version.store.type": "IN_MEMORY",
    "nessie.catalog.default-warehouse": "main",
    "nessie.catalog.warehouses.main.location": base,
    "nessie.catalog.service.adls.default-options.endpoint": azure.endpoint,
    "nessie.catalog.service.adls.default-options.auth-type": "STORAGE_SHARED_KEY",
    "nessie.catalog.service.adls.default-options.account": "urn:nessie-secret:quarkus:storage",
    "storage.name": azure.account,
    "storage.secret": azure.key,
  };
  const logFile = join(folder, "nessie.log");
  const log = openSync(logFile, "w", 0o600) as 3;
  // Its settings hold a key: a file that nobody else may read, where Quarkus looks for one.
  mkdirSync(join(folder, "config"));
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(folder, "config", "application.properties"), text.join("\n"), { mode: 0o600 });
  const options = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  const server = execa(java, [...options, "-jar", jar], {
    ...{ cwd: folder, reject: false, stdio: ["ignore", log, log], extendEnv: false },
    env: { PATH: process.env.PATH, HOME: folder },
  });
  t.after(async () => {
    server.kill();
    await server;
    rmSync(folder, { recursive: true, force: true });
  });
  const uri = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (server.nodeChildProcess.exitCode !== null) throw new Error(readFileSync(logFile, "utf8").slice(-4000));
    return await fetch(`${uri}/api/v2/config`).then(
      answer => answer.ok,
      () => false,
    );
  });
  return {
    own: { type: "nessie", uri: `${uri}/api/v2`, ref: "main", warehouse: base },
    rest: { type: "rest", uri: `${uri}/iceberg`, warehouse: "main" },
  };
}
