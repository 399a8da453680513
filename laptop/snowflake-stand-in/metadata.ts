import { duckText } from "./lexer.ts";
import { invalid, missing, unsupported } from "./refusal.ts";
import type { StandInSession } from "./session.ts";

/** The rows of a table, as DuckDB reads them from its metadata file. */
export function icebergScan(metadata: string): string {
  return `iceberg_scan(${duckText(metadata)})`;
}

/** Checks a metadata file as Snowflake would before a table may stand on it; gives its address and the table's UUID. */
export async function checkMetadata(session: StandInSession, volumeName: string, path: string) {
  const volume = session.lake.registry.volumes.find(({ name }) => name === volumeName);
  if (!volume) throw missing("External volume", volumeName);
  if (path.startsWith("/"))
    throw invalid(`the metadata file '${path}' must be relative to the volume: no slash first.`);
  if (!path.endsWith(".metadata.json")) throw invalid(`'${path}' is not a metadata file of Iceberg.`);
  const base = addressOf(volume.base);
  const metadata = `${base}${path}`;
  const file = await readMetadata(session, metadata);
  if (Number(file["format-version"]) > 2) throw unsupported(`Iceberg format version ${file["format-version"]}`);
  await checkFiles(session, metadata, base);
  return { metadata, uuid: String(file["table-uuid"]) };
}

// azure://account.blob.core.windows.net/container/… as Spark writes it: abfss://container@account.dfs.core.windows.net/…
function addressOf(base: string): string {
  const [, account, container, rest] = /^azure:\/\/([^.]+)\.blob\.core\.windows\.net\/([^/]+)\/(.*)$/.exec(base) ?? [];
  if (!container) throw invalid(`the volume's base '${base}' names no container.`);
  return `abfss://${container}@${account}.dfs.core.windows.net/${rest}`;
}

async function readMetadata({ connection }: StandInSession, address: string): Promise<Record<string, unknown>> {
  const read = await connection.runAndReadAll(`select content from read_text(${duckText(address)})`).catch(error => {
    throw invalid(`the metadata file '${address}' can't be read: ${String(error.message).split("\n")[0]}`);
  });
  const [content] = read.getRows()[0] ?? [];
  if (typeof content !== "string") throw invalid(`there is no metadata file '${address}'.`);
  return JSON.parse(content) as Record<string, unknown>;
}

async function checkFiles({ connection }: StandInSession, metadata: string, base: string): Promise<void> {
  const found = await connection.runAndReadAll(
    `select content, file_format, file_path from iceberg_metadata(${duckText(metadata)})
     where content = 'EQUALITY_DELETES' or upper(file_format) <> 'PARQUET' or not starts_with(file_path, ${duckText(base)})
     limit 1`,
  );
  const [content, format, path] = found.getRows()[0]?.map(String) ?? [];
  if (content === "EQUALITY_DELETES") throw unsupported("equality deletes: compact the table before it is registered");
  if (path && !path.startsWith(base)) throw invalid(`the file '${path}' lies outside the external volume (${base}).`);
  if (path) throw unsupported(`data files in ${format}: Snowflake reads Parquet only`);
}
