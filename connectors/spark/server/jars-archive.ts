import { createHash } from "node:crypto";
import { basename } from "node:path";

/** The name of an archive of Spark's jars with ours: which ours are is in it. */
export function jarsArchiveName(sparkVersion: string, jars: readonly string[]): string {
  const names = jars.map(jar => basename(jar)).sort();
  const hash = createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 12);
  return `spark-${sparkVersion}-${hash}.zip`;
}

/**
 * `spark.jars` for our jars and those of the user. Where the nodes get ours within `spark.yarn.archive`, as
 * `npm run cluster-pack` makes it, they are called local, so that they are not sent to the cluster at every start.
 */
export function sparkJars(jars: readonly string[], sparkVersion: string, conf: Record<string, string>): string {
  const archive = basename(conf["spark.yarn.archive"] ?? "");
  const isPacked = archive === jarsArchiveName(sparkVersion, jars);
  const ours = jars.map(jar => (isPacked ? `local:${jar}` : jar));
  return [...ours, conf["spark.jars"]].filter(Boolean).join(",");
}
