import { join } from "node:path";
import { execa } from "execa";
import { findInstalled } from "../../installed.ts";
import { settings } from "./lake.ts";

/** Deletes rows of a table of the lake by the value of a column, which Spark can only read. */
export async function deleteByValue(namespace: string, table: string, column: string, value: number): Promise<void> {
  const { java, jars, sparkHome } = await findInstalled(settings);
  const classPath = [...jars, join(sparkHome, "jars", "*")].join(":");
  const source = join(import.meta.dirname, "EqualityDelete.java");
  await execa(
    java,
    [
      ...["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath],
      ...["org.codehaus.janino.SimpleCompiler", source, "EqualityDelete"],
      ...[settings.HIVE_METASTORE_URI ?? "", namespace, table, column, String(value)],
    ],
    { timeout: 120_000 },
  );
}
