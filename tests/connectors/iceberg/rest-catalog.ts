import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import type { Session } from "../../../connectors/spark/session.ts";
import { findInstalled } from "../../../core/installed.ts";
import { settings } from "../../engines/lake.ts";

/** A REST catalog of a test's own: its lines as `catalogs.json` would have them, attached to a session under its name. */
export async function startRestCatalog(
  t: { after(end: () => void | Promise<void>): void },
  session: Session,
  how: "overwrite" | "plain",
): Promise<{ catalog: string; lines: Record<string, string> }> {
  const folder = mkdtempSync(join(tmpdir(), "portal-rest-"));
  const { java, jars, sparkHome } = await findInstalled(settings);
  const token = "the-token-of-the-test";
  const source = join(import.meta.dirname, "RestCatalog.java");
  const given = [join(folder, "catalog.db"), `file:${join(folder, "warehouse")}`, how, token];
  const classPath = [...jars, join(sparkHome, "jars", "*")].join(":");
  const options = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath];
  const server = execa(java, [...options, "org.codehaus.janino.SimpleCompiler", source, "RestCatalog", ...given], {
    ...{ reject: false, stderr: "ignore", buffer: false },
  });
  t.after(async () => {
    server.kill();
    await server;
    rmSync(folder, { recursive: true, force: true });
  });
  let port = "";
  for await (const line of createInterface(server.stdout)) {
    port = /^port (\d+)$/.exec(line)?.[1] ?? "";
    if (port) break;
  }
  if (!port) throw new Error("the REST catalog did not start");
  server.stdout.resume();
  const catalog = `rest_${how}`;
  const lines = { type: "rest", uri: `http://127.0.0.1:${port}`, token };
  const prefix = `spark.sql.catalog.${catalog}`;
  await session.config.set({
    ...{ [prefix]: "org.apache.iceberg.spark.SparkCatalog", [`${prefix}.cache-enabled`]: "false" },
    ...Object.fromEntries(Object.entries(lines).map(([key, value]) => [`${prefix}.${key}`, value])),
  });
  return { catalog, lines };
}
