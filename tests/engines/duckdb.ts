import { DuckDBInstance } from "@duckdb/node-api";
import { duckdbExtensions } from "../../laptop/servers/stand-in.ts";
import { settings } from "./lake.ts";

/** A reader that is not Spark: counts the rows of an Iceberg table from its metadata file. */
export async function openDuckdb() {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const extension of duckdbExtensions(settings)) await connection.run(`load '${extension}'`);
  return {
    async count(metadataFile: string): Promise<string> {
      const path = metadataFile.replace(/^file:\/*/, "/").replaceAll("'", "''");
      const reader = await connection.runAndReadAll(`select count(*)::varchar from iceberg_scan('${path}')`);
      return String(reader.getRows()[0]?.[0]);
    },
    close: () => connection.closeSync(),
  };
}
