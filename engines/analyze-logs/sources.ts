import { basename } from "node:path";
import { type AzureFile, azureFiles } from "../../connectors/azure/azure-files.ts";
import { sparkLiteral } from "../../connectors/iceberg/names.ts";
import { isAllowedRemote, isRemote } from "../../connectors/iceberg/remote-places.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Settings } from "../../core/settings.ts";
import { unreadable } from "../../core/store/readable.ts";
import { isSparkLocal, isUnavailable, jobErrorOf } from "../runner/job-error.ts";
import { filesAt, type Places } from "./places.ts";

/** A log file that a job means, before anybody has looked into it. */
export interface LogSource {
  /** As it is shown; no two have the same. */
  name: string;
  /** What Spark is told. */
  uri: string;
  /** Its path, where it is on this machine. */
  path?: string;
  /** The file, where it is on our Azure storage: it is brought to this machine before Spark reads it. */
  azure?: AzureFile;
  bytes: number;
  modified: Date;
  /** Somebody asked for it by its very name, not for its folder. */
  named: boolean;
}

/** What a job asked for that can't be had, and why. */
export interface Refused {
  name: string;
  why: string;
}

const MOST = 5000;

/** Finds the files of all entries of a job, each once. `spark` is asked only for what is not on this machine. */
export async function findSources(
  requested: readonly string[],
  places: Places & { settings: Settings },
  spark: () => Promise<Session>,
): Promise<{ sources: LogSource[]; refused: Refused[] }> {
  const found = new Map<string, Omit<LogSource, "name">>();
  const refused: Refused[] = [];
  for (const entry of new Set(requested)) {
    try {
      if (isRemote(entry) && !isAllowedRemote(entry, places.settings, remoteFolders(places))) throw unreadable(entry);
      const files = isRemote(entry)
        ? ((await onAzure(entry, places.settings)) ?? (await remote(entry, spark)))
        : filesAt(entry, places).map(local);
      if (files.length === 0) throw new Error(`There is no file at ${entry}, or empty ones only.`);
      for (const file of files) if (!found.has(file.uri)) found.set(file.uri, file);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      refused.push({ name: entry, why: jobErrorOf(error).message });
    }
  }
  if (found.size > MOST) throw new Error(`These are ${found.size} files, ${MOST} at most: analyse fewer at a time.`);
  return { sources: withNames([...found.values()]), refused };
}

function remoteFolders({ config }: Places): string[] {
  return [...config.folders, ...config.watch.map(({ folder }) => folder)];
}

function local({ path, ...file }: ReturnType<typeof filesAt>[number]): Omit<LogSource, "name"> {
  return { ...file, path, uri: `file:${path}` };
}

// What is fetched from there is in the reach of a Spark on this machine; another one asks by itself.
async function onAzure(entry: string, settings: Settings): Promise<Omit<LogSource, "name">[] | undefined> {
  const found = isSparkLocal(settings) ? await azureFiles(entry, settings) : undefined;
  return found?.map(azure => {
    const { uri, bytes, modified } = azure;
    return { uri, azure, bytes, modified, named: uri === entry };
  });
}

// Only the names are read, not what is in the files.
async function remote(entry: string, spark: () => Promise<Session>): Promise<Omit<LogSource, "name">[]> {
  const session = await spark();
  const view = "portal_log_files";
  await session.command(
    `create or replace temporary view ${view} using binaryFile options (path ${sparkLiteral(entry)}, recursiveFileLookup 'true')`,
  );
  const rows = await session.query(
    `select path, cast(length as string) as bytes, cast(unix_millis(modificationTime) as string) as modified
     from ${view} order by path limit ${MOST + 1}`,
  );
  return rows.map(({ path, bytes, modified }) => ({
    uri: String(path),
    bytes: Number(bytes),
    modified: new Date(Number(modified)),
    named: String(path) === entry,
  }));
}

// The last part of the path, and as many parts before it as tell it from the others.
function withNames(files: Omit<LogSource, "name">[]): LogSource[] {
  const parts = files.map(({ uri }) => uri.replace(/^file:/, "").split("/"));
  for (let depth = 1; ; depth++) {
    const names = parts.map(part => (depth === 1 ? basename(part.join("/")) : part.slice(-depth).join("/")));
    if (new Set(names).size === files.length || depth > 50)
      return files.map((file, i) => ({ ...file, name: names[i] ?? file.uri }));
  }
}
