import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { jarsArchiveName } from "../../connectors/spark/server/jars-archive.ts";
import type { Installed } from "../../core/installed.ts";
import { once } from "../../setup/once.mjs";
import type { Jdk } from "./java.ts";

/** Puts Spark's jars and ours into one archive for `spark.yarn.archive`, once. Gives its file. */
export async function packJars({ sparkHome, sparkVersion, jars }: Installed, jdk: Jdk, cache: string): Promise<string> {
  const name = jarsArchiveName(sparkVersion, jars);
  const folder = join(cache, `cluster-${name.replace(/\.zip$/, "")}`);
  await once("Spark for the nodes", folder, async staging => {
    const own = join(sparkHome, "jars");
    const all = [...readdirSync(own).map(jar => join(own, jar)), ...jars].filter(jar => jar.endsWith(".jar"));
    const entries = all.flatMap(jar => ["-C", dirname(jar), jar.slice(dirname(jar).length + 1)]);
    // Jars are compressed already.
    const how = ["--create", "--no-manifest", "--no-compress", "--file", join(staging, name)];
    await execa(join(jdk.home, "bin", "jar"), [...how, ...entries]);
  });
  return join(folder, name);
}
