import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { jarsArchiveName } from "../../connectors/spark/server/jars-archive.ts";
import type { Installed } from "../../core/installed.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { once } from "../../setup/once.mjs";
import { findJava } from "../../setup/parts/java.mjs";

// All of Java SE, and what Spark and Hadoop use beside it: vectors, Kerberos, DNS, zip files, jcmd.
const MODULES = [
  ...["java.se", "jdk.unsupported", "jdk.incubator.vector", "jdk.crypto.ec", "jdk.security.auth", "jdk.security.jgss"],
  ...["jdk.naming.dns", "jdk.zipfs", "jdk.httpserver", "jdk.management", "jdk.jcmd", "jdk.jfr", "jdk.localedata"],
  "jdk.charsets",
];

/** A whole JDK of this machine. */
export interface Jdk {
  home: string;
  version: string;
}

/** The JDK that the Java of this project belongs to. Throws where it is only the half of one. */
export async function findJdk(settings: Pick<Settings, "CACHE_DIR">, environment = process.env): Promise<Jdk> {
  const java = await findJava({ ...environment, CACHE_DIR: settings.CACHE_DIR });
  const { home, version } = java ? await jdkOf(java) : {};
  const needed = ["bin/jlink", "bin/jar", "jmods/java.base.jmod", "jmods/jdk.incubator.vector.jmod"];
  if (home && version && needed.every(path => existsSync(join(home, path)))) return { home, version };
  throw new SettingsError(
    `The Java for the nodes is made from a whole JDK 17, and ${home ?? "this machine"} has no jlink with its modules: install one (Debian: \`apt-get install openjdk-17-jdk-headless\`), or name it as JAVA_HOME, then run the same command again.`,
  );
}

/** What a program `java` says of itself. */
export async function jdkOf(java: string): Promise<Partial<Jdk>> {
  const { stderr } = await execa(java, ["-XshowSettings:properties", "-version"], { reject: false });
  const property = (name: string) => new RegExp(`^ *${name} = (.+)$`, "m").exec(stderr)?.[1]?.trim();
  const [home, version] = [property("java.home"), property("java.version")];
  return { ...(home && { home }), ...(version && { version }) };
}

/** Makes a Java that nodes can unpack, once; it runs on machines of the same kind as this one. Gives its file. */
export async function packJava({ home, version }: Jdk, cache: string): Promise<string> {
  const name = `jdk-${version}-${process.platform}-${process.arch}`;
  const folder = join(cache, `cluster-${name}`);
  await once("Java for the nodes", folder, async staging => {
    const image = join(staging, "jdk");
    const small = ["--compress=2", "--strip-java-debug-attributes", "--no-man-pages", "--no-header-files"];
    const modules = ["--module-path", join(home, "jmods"), "--add-modules", MODULES.join(",")];
    await execa(join(home, "bin", "jlink"), [...modules, ...small, "--output", image]);
    // Containers of other users unpack it.
    await execa("chmod", ["-R", "u+rwX,go+rX", image]);
    await execa("tar", ["-czf", `${name}.tgz`, "-C", image, "."], { cwd: dirname(image) });
    rmSync(image, { recursive: true, force: true });
  });
  return join(folder, `${name}.tgz`);
}

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
