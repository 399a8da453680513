import { DuckDBInstance } from "@duckdb/node-api";
import { azureStorage } from "../../connectors/azure/azure.ts";
import { duckdbExtensions } from "../../laptop/servers/stand-in.ts";
import { startAvroNames } from "../../laptop/snowflake-stand-in/avro-names.ts";
import { azureSecret } from "../../laptop/snowflake-stand-in/lake.ts";
import { duckName, duckText } from "../../laptop/snowflake-stand-in/lexer.ts";
import { settings } from "./lake.ts";

/** A reader that is not Spark: reads Iceberg tables from their metadata files, on this disk or in the tests' Azure storage. */
export async function openDuckdb() {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const extension of duckdbExtensions(settings)) await connection.run(`load '${extension}'`);
  const azure = azureStorage(settings);
  if (azure) await connection.run(azureSecret(azure, await startAvroNames(azure.endpoint)));
  await connection.run("set TimeZone='UTC'");
  const scan = (file: string, more = "") => `iceberg_scan(${duckText(file.replace(/^file:\/*/, "/"))}${more})`;
  return {
    async count(metadataFile: string): Promise<string> {
      const reader = await connection.runAndReadAll(`select count(*)::varchar from ${scan(metadataFile)}`);
      return String(reader.getRows()[0]?.[0]);
    },
    /** The rows of a snapshot, each as its values in the order of the columns that are named, as text. */
    async rows(metadataFile: string, snapshot: string, columns: readonly string[]): Promise<string[]> {
      const texts = columns.map(name => `coalesce(${duckName(name)}::varchar, 'NULL')`).join(", ");
      const from = scan(metadataFile, `, snapshot_from_id => ${snapshot}::ubigint`);
      const reader = await connection.runAndReadAll(`select concat_ws('\t', ${texts}) from ${from}`);
      return reader
        .getRows()
        .map(([line]) => String(line))
        .sort();
    },
    close: () => connection.closeSync(),
  };
}
