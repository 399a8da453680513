import pMap from "p-map";
import { SparkError } from "../spark/errors.ts";
import type { Session } from "../spark/session.ts";
import { formatOf, type HiveTable } from "./describe.ts";
import { quote, sparkLiteral, sqlName, type TableName, tableUrl } from "./names.ts";

/** The data files that Hive would read of a table, before they are read. */
export interface SourceFiles {
  /** Their names without escapes. */
  files: ReadonlySet<string>;
  /** Whether some lie deeper than Spark's own reader looks. */
  nested: boolean;
  /** Of files that seem to be the table's, those that are: a partition may have been moved away from them. */
  stillIn?(files: readonly string[]): Promise<string[]>;
  /** Whether a file is outside of the table's folder, where a partition may be that was not looked up. */
  isElsewhere?(file: string): boolean;
  /** Partitions that are kept outside the table's folder and were too many to be looked up one by one. */
  unlisted: number;
}

/** A folder of the source is not there: what Hive would count as no rows at all. */
export class SourceMissing extends Error {
  override name = "SourceMissing";
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** With these settings Spark reads Parquet and ORC with its own readers. They are faster and ignore files in subfolders. */
export const OWN_READER = {
  "spark.sql.hive.convertMetastoreParquet": "true",
  "spark.sql.hive.convertMetastoreOrc": "true",
};

/** With these Spark reads every table with Hive's reader of its format. */
export const HIVE_READER = {
  "spark.sql.hive.convertMetastoreParquet": "false",
  "spark.sql.hive.convertMetastoreOrc": "false",
};

/** How many partitions are looked up one by one, and how many of them at once. */
const MOST_LOOKED_UP = 2_000;
const AT_ONCE = 25;

/**
 * Lists the data files of a table as Hive would: of all its partitions, in all folders below, without hidden names. Expects a
 * session that reads as Hive does, and leaves it so.
 */
export async function listSource(session: Session, name: TableName, table: HiveTable): Promise<SourceFiles> {
  const location = plainPath(table.location ?? "");
  // A table in a format that only Spark reads: Hive has no say, so Spark's plan is the list.
  const isOnlySparks = isSparks(table) && !/^(parquet|orc)$/i.test(table.provider ?? "");
  const isOneFolder = !isOnlySparks && !table.partition_columns?.length;
  // Spark caches the file list of a table for the session. A folder is listed anew each time, also beside.
  const [inFolder] = await Promise.all([
    isOneFolder ? listBelow(session, [location], name) : [],
    session.command(`refresh table ${sqlName(name)}`),
  ]);
  if (isOnlySparks) return { files: new Set(await plannedFiles(session, name)), nested: false, unlisted: 0 };
  if (isOneFolder) {
    const files = inFolder.filter(file => !isHidden(below(location, file)));
    const nested = files.some(file => below(location, file).length > 1);
    return { files: new Set(files), nested, unlisted: 0 };
  }
  return await listPartitions(session, name, table, location);
}

async function listPartitions(
  session: Session,
  name: TableName,
  table: HiveTable,
  location: string,
): Promise<SourceFiles> {
  const depth = table.partition_columns?.length ?? 0;
  const rows = await session.command(`show partitions ${sqlName(name)}`);
  const partitions = new Set(rows.map(row => String(row.partition)));
  if (partitions.size === 0) {
    await listBelow(session, [location], name); // that it is there
    return { files: new Set(), nested: false, unlisted: 0 };
  }
  if (isPlanned(table)) {
    const planned = await plannedFiles(session, name);
    if (isUsual(planned, location, partitions)) return { files: new Set(planned), nested: false, unlisted: 0 };
    const folders = await plannedFolders(session, name, table);
    if (folders) return await listPlanned(session, name, folders, planned);
  }
  const folderOf = (file: string) => below(location, file).slice(0, depth).join("/");
  const all = await listBelow(session, [location], name).catch(error => noneThere(error));
  const usual = all.filter(file => partitions.has(folderOf(file)));
  const files = new Set(usual.filter(file => !isHidden(below(location, file).slice(depth))));
  const usualFolders = new Set(usual.map(folderOf));
  const others = [...partitions].filter(partition => !usualFolders.has(partition));
  const lookedUp = others.slice(0, MOST_LOOKED_UP);
  const places = await placesOf(session, name, lookedUp);
  const elsewhere = places.length > 0 ? await listBelow(session, [...new Set(places)], name) : [];
  for (const file of elsewhere) if (!isHidden(belowAny(places, file))) files.add(file);
  const stillIn = async (suspects: readonly string[]) => {
    const suspectFolders = [...new Set(suspects.map(folderOf))]
      .filter(folder => partitions.has(folder))
      .slice(0, MOST_LOOKED_UP);
    const found = await placesOf(session, name, suspectFolders);
    const moved = new Set(suspectFolders.filter((folder, i) => found[i] !== `${location}/${folder}`));
    return suspects.filter(file => !moved.has(folderOf(file)));
  };
  const isElsewhere = (file: string) => below(location, file).length === 0;
  return { files, nested: false, unlisted: others.length - lookedUp.length, stillIn, isElsewhere };
}

// A table may have all of its partitions elsewhere, and no folder of its own.
function noneThere(error: unknown): string[] {
  if (error instanceof SourceMissing) return [];
  throw error;
}

// As most tables are: each partition in its usual folder, with files right in it. Then nothing else has to be looked at.
function isUsual(files: readonly string[], location: string, partitions: ReadonlySet<string>): boolean {
  const filled = new Set<string>();
  for (const file of files) {
    const at = file.lastIndexOf("/");
    const folder = file.startsWith(`${location}/`) ? file.slice(location.length + 1, at) : "";
    if (!partitions.has(folder) || isHidden([file.slice(at + 1)])) return false;
    filled.add(folder);
  }
  return filled.size === partitions.size;
}

async function listPlanned(
  session: Session,
  name: TableName,
  folders: readonly string[],
  all: readonly string[],
): Promise<SourceFiles> {
  const known = new Set(folders);
  const filled = new Set<string>();
  const files = new Set<string>();
  let nested = false;
  for (const file of all) {
    const folder = folderAbove(file, known);
    if (folder !== undefined) filled.add(folder);
    const names = folder === undefined ? [] : below(folder, file);
    if (isHidden(names)) continue;
    files.add(file);
    nested ||= names.length > 1;
  }
  const silent = folders.filter(folder => !filled.has(folder));
  if (silent.length > 0) await listBelow(session, silent, name); // that they are there
  return { files, nested, unlisted: 0 };
}

function folderAbove(file: string, known: ReadonlySet<string>): string | undefined {
  for (let folder = file; folder.includes("/"); ) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    if (known.has(folder)) return folder;
  }
  return undefined;
}

// Spark names the folders of all partitions where it explains a plan that looks at each of them.
async function plannedFolders(session: Session, name: TableName, table: HiveTable): Promise<string[] | undefined> {
  const { [LENGTH]: before } = await session.config.get([LENGTH]);
  await session.config.set({ ...OWN_READER, [LENGTH]: "200000000" });
  try {
    const column = quote(table.partition_columns?.[0] ?? "");
    const every = `select * from ${sqlName(name)} where ${column} is null or ${column} is not null`;
    const [row] = await session.command(`explain ${every}`);
    const found = /Location: InMemoryFileIndex\((\d+) paths?\)\[(.*)\], PartitionFilters:/s.exec(String(row?.plan));
    const folders = found?.[2]?.split(/, (?=[a-z][a-z0-9+.-]*:\/)/i).map(plainPath);
    return folders && String(folders.length) === found?.[1] ? folders : undefined;
  } finally {
    await session.config.set({ ...HIVE_READER, ...(before !== undefined && { [LENGTH]: before }) });
  }
}

const LENGTH = "spark.sql.maxMetadataStringLength";

async function plannedFiles(session: Session, name: TableName): Promise<string[]> {
  await session.config.set(OWN_READER);
  try {
    return (await session.inputFiles(`select * from ${sqlName(name)}`)).map(decodePath);
  } finally {
    await session.config.set(HIVE_READER);
  }
}

/**
 * Whether somebody is putting a file into a table's own folders right now, by a name that Spark never lists and Hive reads.
 * Partitions elsewhere are not looked at.
 */
export async function isFileArriving(
  session: Session,
  { location, partition_columns = [] }: HiveTable,
): Promise<boolean> {
  const folder = plainPath(location ?? "").replace(/[*?[\]{}\\]/g, "\\$&");
  return await session.hasAny(`${folder}${"/*".repeat(partition_columns.length)}/*._COPYING_`);
}

/** Whether Spark's own reader plans the files of a table, and so can name them. */
function isPlanned(table: HiveTable): boolean {
  return hasOwnReader(table) || isSparks(table);
}

/** Whether Spark made a table for itself, of which it alone says how it is read. */
export function isSparks({ provider = "hive" }: HiveTable): boolean {
  return provider.toLowerCase() !== "hive";
}

/** Whether Spark reads a table with a reader of its own where it is not told otherwise. */
export function hasOwnReader(table: HiveTable): boolean {
  return /^(Parquet|ORC)$/.test(formatOf(table));
}

async function placesOf(session: Session, name: TableName, partitions: readonly string[]): Promise<string[]> {
  return await pMap(partitions, partition => placeOf(session, name, partition), { concurrency: AT_ONCE });
}

async function placeOf(session: Session, name: TableName, partition: string): Promise<string> {
  const spec = partition.split("/").map(part => {
    const at = part.indexOf("=");
    return `${quote(unescapePartition(part.slice(0, at)))}=${partitionLiteral(unescapePartition(part.slice(at + 1)))}`;
  });
  const [row] = await session.command(
    `describe table extended ${sqlName(name)} partition (${spec.join(", ")}) as json`,
  );
  return plainPath((JSON.parse(String(row?.json_metadata)) as HiveTable).location ?? "");
}

function partitionLiteral(value: string): string {
  return value === "__HIVE_DEFAULT_PARTITION__" ? "null" : sparkLiteral(value);
}

/** Hive escapes what a folder's name can't have, as a URL does. */
function unescapePartition(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The files below some folders of a table, without escapes. Throws a SourceMissing where a folder is not there. */
export async function listBelow(session: Session, folders: readonly string[], name: TableName): Promise<string[]> {
  try {
    return (await session.listFiles(folders)).map(decodePath);
  } catch (error) {
    if (!(error instanceof SparkError) || error.errorClass !== "PATH_NOT_FOUND") throw error;
    const folder = /(?:Path does not exist: )(.+?)\.? SQLSTATE/.exec(error.message)?.[1] ?? folders[0];
    throw new SourceMissing(
      `The folder ${folder} of ${name.table} is not there. Hive would read no rows from it, which may be a disk that is not mounted.`,
      "Bring the folder back. If its rows are really gone, drop the partition or the table in Hive.",
    );
  }
}

/** The name of a file or folder as Hadoop writes it, however many slashes it was given. */
export function plainPath(path: string): string {
  return path
    .replace(/^file:\/+/, "file:/")
    .replace(/(?<=[^:/])\/{2,}/g, "/")
    .replace(/(?<=[^:/])\/$/, "");
}

/** A file as Spark names it, without the escapes of a URL. */
export function decodePath(path: string): string {
  return plainPath(decodeEscapes(path));
}

/** The names by which Spark's own reader and Hive's may tell a file that was listed under `name`. */
export function spellings(name: string): string[] {
  const url = tableUrl(name);
  return [...new Set([name, url, url.replace(/^file:\/(?!\/)/, "file:///")])];
}

function decodeEscapes(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

// The metastore may name a folder without the file system that it is on.
function below(folder: string, file: string): string[] {
  const [whole, path] = [`${folder}/`, `${folder.replace(AUTHORITY, "")}/`];
  if (file.startsWith(whole)) return file.slice(whole.length).split("/");
  if (AUTHORITY.exec(folder)?.[1]) return [];
  const bare = file.replace(AUTHORITY, "");
  return bare.startsWith(path) ? bare.slice(path.length).split("/") : [];
}

const AUTHORITY = /^[a-z][a-z0-9+.-]*:(?:\/\/([^/]*))?(?=\/)/i;

function belowAny(folders: readonly string[], file: string): string[] {
  for (const folder of folders) {
    const names = below(folder, file);
    if (names.length > 0) return names;
  }
  return [];
}

function isHidden(names: readonly string[]): boolean {
  return names.some(part => part.startsWith("_") || part.startsWith("."));
}
