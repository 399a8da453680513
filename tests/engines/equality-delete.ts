import { join } from "node:path";
import { execa } from "execa";
import { readCatalogs, sparkSettings } from "../../connectors/iceberg/catalogs.ts";
import { findInstalled } from "../../core/installed.ts";
import { settings } from "./lake.ts";

/** Where rows are deleted by their value: in the lake and in all partitions, if nothing else is said. */
export interface Deleted {
  catalog?: "lake" | "azure";
  /** `part=1` */
  partition?: string;
}

/** Deletes rows of a table by the value of a column, which Spark can only read. */
export async function deleteByValue(
  namespace: string,
  table: string,
  column: string,
  value: number,
  { catalog = "lake", partition = "" }: Deleted = {},
): Promise<void> {
  const { spark = "server" } = readCatalogs()[catalog] ?? {};
  if (spark === "server") throw new Error(`the settings of the catalog ${catalog} are not known`);
  const prefix = `spark.sql.catalog.${catalog}.`;
  const lines = Object.entries(sparkSettings(catalog, spark, settings).pairs).flatMap(([key, text]) =>
    key.startsWith(prefix) ? [`${key.slice(prefix.length)}=${text}`] : [],
  );
  const given = [catalog, namespace, table, column, String(value), partition];
  await runJava("EqualityDelete", given, { CATALOG_SETTINGS: lines.join("\n") });
}

/** Makes a table of the lake, with the key `k`, whose column `v` has a type that Spark's SQL can't make. */
export async function makeTyped(
  namespace: string,
  table: string,
  type: "uuid" | "fixed" | "time" | "timestamp_ns",
): Promise<void> {
  await runJava("IcebergTypes", [settings.HIVE_METASTORE_URI ?? "", namespace, table, type]);
}

// Compiled in memory: there is a Java here, but no compiler.
async function runJava(name: string, given: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const { java, jars, sparkHome } = await findInstalled(settings);
  const classPath = [...jars, join(sparkHome, "jars", "*")].join(":");
  const source = join(import.meta.dirname, `${name}.java`);
  await execa(
    java,
    [
      ...["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath],
      ...["org.codehaus.janino.SimpleCompiler", source, name],
      ...given,
    ],
    { timeout: 120_000, env },
  );
}
