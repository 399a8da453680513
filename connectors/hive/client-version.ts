/** Why one program can't ask a metastore, and what to do. */
export interface VersionRefusal {
  message: string;
  hint: string;
}

/** The setting of Spark that says by which version of Hive's client it asks the metastore. */
export const CLIENT_VERSION = "spark.sql.hive.metastore.version";

/** Why Spark can't ask a metastore: Hive 4 has taken away calls that older clients make. Undefined where it can. */
export function clientRefusal(metastore: string, client: string): VersionRefusal | undefined {
  return majorOf(metastore) >= 4 && majorOf(client) < 4 ? OLD_CLIENT : undefined;
}

/** Why Iceberg can't keep tables in a metastore: its client is always the one that Spark brings along, of Hive 2.3. */
export function icebergRefusal(metastore: string): VersionRefusal | undefined {
  return majorOf(metastore) >= 4 ? OLD_ICEBERG_CLIENT : undefined;
}

/** The same, seen in what Spark says of a failure; undefined where it says something else. */
export function refusalIn(text: string): VersionRefusal | undefined {
  if (!/Invalid method name: '(get_table|get_table_objects_by_name)'/.test(text)) return undefined;
  return /Unable to fetch table|HiveException/.test(text) ? OLD_CLIENT : OLD_ICEBERG_CLIENT;
}

const OLD_CLIENT: VersionRefusal = {
  message:
    "The Hive Metastore is of Hive 4, and Spark asks it by the client of an older Hive, whose calls it no longer has.",
  hint: "Write spark.sql.hive.metastore.version 4.0.1, spark.sql.hive.metastore.jars path and spark.sql.hive.metastore.jars.path file:///opt/hive/lib/*.jar into SPARK_CONF_FILE, and start Spark again (docs/production.md).",
};

const OLD_ICEBERG_CLIENT: VersionRefusal = {
  message:
    "Iceberg can't keep tables in a metastore of Hive 4: its client is that of Hive 2.3, whose calls Hive 4 no longer has.",
  hint: 'Give the catalog another type than "hive" in catalogs.json, such as rest or jdbc (docs/production.md).',
};

function majorOf(version: string): number {
  return Number.parseInt(version, 10) || 0;
}
