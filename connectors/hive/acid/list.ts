import { crc32 } from "node:zlib";
import { decodePath, listBelow, plainPath } from "../../iceberg/source-files.ts";
import type { Session } from "../../spark/session.ts";
import { HiveError } from "../address.ts";
import { type AcidDirectory, type AcidFile, isAcidName } from "./state.ts";

/** What lies in the folder of a table or partition. */
export interface AcidFolder {
  path: string;
  directories: AcidDirectory[];
  /** Files that are in no directory of a write: those of a table that became transactional later, in the order of their names. */
  originals: AcidFile[];
  /** Notes of a writer that is still at work, of how much of a file may be read. */
  lengths: string[];
}

const NOTE = "_metadata_acid";
const EVENTS = "_orc_acid_version";
const LENGTH = "_flush_length";
const MOST_METADATA = "spark.sql.maxMetadataStringLength";

/** Lists folders with every directory in them, also those without a file. Throws a SourceMissing where a folder is not there. */
export async function listAcidFolders(
  session: Session,
  table: { namespace: string; table: string },
  paths: readonly string[],
): Promise<AcidFolder[]> {
  const folders = new Map(
    paths.map(path => [plainPath(path), { path, files: new Map<string, string[]>(), originals: [] as string[] }]),
  );
  const all = await listBelow(session, [...folders.keys()], { catalog: "hive", ...table });
  for (const file of all) {
    const [folder, names] = folderOf(folders, file) ?? [];
    if (!folder || !names) continue;
    const [first = "", ...rest] = names;
    if (rest.length > 0 && isAcidName(first)) folder.files.set(first, [...(folder.files.get(first) ?? []), file]);
    else if (!names.some(isHidden)) folder.originals.push(file);
  }
  // Where there is no file at all, a directory without one changes nothing.
  const filled = [...folders].filter(([, { files, originals }]) => files.size + originals.length > 0);
  const directories = await listDirectories(
    session,
    filled.map(([path]) => path),
  );
  const marked = new Set(directories.filter(path => path.endsWith(`/${EVENTS}`)).map(parentOf));
  for (const path of directories) {
    const [folder, [name = "", ...rest] = []] = folderOf(folders, path) ?? [];
    if (folder && rest.length === 0 && isAcidName(name) && !folder.files.has(name)) folder.files.set(name, []);
  }
  return [...folders].map(([path, { path: given, files, originals }]) => {
    const isLength = (file: string) => file.endsWith(LENGTH);
    return {
      path: given,
      directories: [...files].map(([name, found]) => ({
        name,
        files: found
          .filter(file => !isHidden(nameOf(file)) && !isLength(file))
          .toSorted()
          .map(toFile),
        hasNote: found.some(file => nameOf(file) === NOTE),
        hasEvents: marked.has(`${path}/${name}`),
      })),
      originals: originals.toSorted().map(toFile),
      lengths: [...files.values()].flat().filter(isLength),
    };
  });
}

const toFile = (path: string): AcidFile => ({ path });

function folderOf<T>(folders: ReadonlyMap<string, T>, path: string): [folder: T, names: string[]] | undefined {
  const parts = path.split("/");
  for (let depth = parts.length - 1; depth > 0; depth--) {
    const above = parts.slice(0, depth).join("/");
    // The metastore may name a folder without the file system that it is on.
    const folder = folders.get(above) ?? folders.get(above.replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, ""));
    if (folder) return [folder, parts.slice(depth)];
  }
  return undefined;
}

// Spark lists files alone. It names the directories that a pattern finds where it explains a plan that would read them. Other
// tables may be listed meanwhile: the view has a name of its own, and the setting stays, which only explained plans show.
async function listDirectories(session: Session, folders: readonly string[]): Promise<string[]> {
  if (folders.length === 0) return [];
  const view = `portal_acid_folders_${crc32(folders.join("\n")).toString(16)}`;
  await session.config.set({ [MOST_METADATA]: "200000000" });
  try {
    const paths = folders.map(folder => `${escapePattern(folder)}/{*,*/${EVENTS}}`);
    await session.createView(view, { of: { format: "binaryFile", paths, isPattern: true, select: ["path"] } });
    const [row] = await session.command(`explain select * from ${view}`);
    const found = /Location: InMemoryFileIndex\((\d+) paths?\)\[(.*)\], PartitionFilters:/s.exec(String(row?.plan));
    const names = found?.[2]?.split(/, (?=[a-z][a-z0-9+.-]*:\/)/i).map(plainPath);
    if (names && String(names.length) === found?.[1]) return names;
    throw new HiveError("Spark does not say which directories the table has, so nobody knows which rows are valid.", {
      hint: "See whether a folder of the table has a name with a comma and a colon in it, and rename it in Hive.",
    });
  } finally {
    await session.command(`drop view if exists ${view}`).catch(() => undefined);
  }
}

function escapePattern(path: string): string {
  return path.replace(/[\\{}[\]*?]/g, "\\$&");
}

/** Of files beside which a writer notes how much may be read, those of which that is not all of the file. */
export async function unfinishedFiles(session: Session, lengths: readonly string[]): Promise<string[]> {
  const last = "conv(hex(substring(content, cast(length as int) - 7, 8)), 16, 10)";
  const noted = await session.queryFiles(`select path, ${last} as readable from files`, {
    format: "binaryFile",
    paths: lengths,
  });
  const found = await session.queryFiles("select path, cast(length as string) as length from files", {
    format: "binaryFile",
    paths: lengths.map(path => path.slice(0, -LENGTH.length)),
  });
  const sizes = new Map(found.map(row => [decodePath(String(row.path)), String(row.length)]));
  return noted.flatMap(row => {
    const file = decodePath(String(row.path)).slice(0, -LENGTH.length);
    return sizes.get(file) === String(row.readable) ? [] : [file];
  });
}

/** Whether an ORC file holds the events of a transactional table, and not plain rows. */
export async function holdsEvents(session: Session, file: AcidFile): Promise<boolean> {
  const type = await session.fileSchema({ format: "orc", paths: [file.path] });
  return type.kind === "struct" && type.fields.map(({ name }) => name).join() === EVENT_COLUMNS.join();
}

/** The columns of an event: what was done to a row, which row it is, and the row itself. */
export const EVENT_COLUMNS = [
  "operation",
  "originalTransaction",
  "bucket",
  "rowId",
  "currentTransaction",
  "row",
] as const;

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function isHidden(name: string): boolean {
  return name.startsWith("_") || name.startsWith(".");
}
