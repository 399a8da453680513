import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Session } from "../../connectors/spark/session.ts";

/** The names of the data files that a table knows, of all its snapshots. */
export async function filesOfTable(session: Session, table: string): Promise<string[]> {
  const rows = await session.query(`select file_path as file from ${table}.all_data_files`);
  return [...new Set(rows.map(row => String(row.file).replace(/^.*\//, "")))].sort();
}

/** The names of the data files that lie in the folder of a table. */
export async function filesOnDisk(session: Session, table: string): Promise<string[]> {
  const [row] = await session.query(`select file from ${table}.metadata_log_entries order by timestamp desc limit 1`);
  const data = fileURLToPath(
    String(row?.file)
      .replace(/^file:\/*/, "file:///")
      .replace(/\/metadata\/.*$/, "/data"),
  );
  return readdirSync(data, { recursive: true, encoding: "utf8" })
    .filter(file => file.endsWith(".parquet"))
    .map(file => file.replace(/^.*\//, ""))
    .sort();
}
