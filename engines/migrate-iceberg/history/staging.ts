import { existsSync, readdirSync, rmSync } from "node:fs";
import { filledCatalog } from "../../../connectors/iceberg/catalogs.ts";
import { stagedFiles } from "../../../connectors/iceberg/history/files.ts";
import { forgetTable } from "../../../connectors/iceberg/history/switch.ts";
import { listIceberg } from "../../../connectors/iceberg/iceberg.ts";
import { sparkLiteral, type TableName } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { localPath } from "../../../connectors/table-files/read.ts";
import type { Settings } from "../../../core/settings.ts";
import {
  type AttemptName,
  attemptName,
  hiddenTableName,
  isLeftover,
  makerOf,
  makerOfTable,
} from "../../table-copy/leftovers.ts";

const FOLDER = ".portal-history";

/** Both ends of a copy: the source, where it lies, and the target. */
export interface CopyEnds {
  source: TableName;
  location: string;
  target: TableName;
}

/** What one attempt makes for itself: a staging folder for rewritten metadata, and a hidden table name. The folder lies in the source's own file system, where its Spark can write. */
export function workplaceFor(attempt: AttemptName, { source, location, target }: CopyEnds, settings: Settings) {
  const own = attemptName(attempt);
  return {
    staging: `${stagingRoot(source, location, settings)}/${own}`,
    hidden: { ...target, table: hiddenTableName(target.table, own) },
  };
}

/**
 * Takes away what attempts left when they were killed: hidden names beside the target, and staging folders of the source. Those
 * of earlier attempts of this job, and of jobs that have ended for good; never what a living job uses.
 */
export async function clearLeft(
  session: Session,
  attempt: AttemptName,
  { source, location, target }: CopyEnds,
  settings: Settings,
): Promise<void> {
  const names = await listIceberg(session, target.catalog, target.namespace).catch(() => []);
  for (const table of names.filter(name => isLeftover(makerOfTable(name), attempt, settings)))
    await forgetTable(session, { ...target, table });
  for (const { folder, maker } of await stagingFolders(session, { source, location }, settings))
    if (isLeftover(maker, attempt, settings)) await removeStaging(session, folder);
}

/** The staging folders beside a source, and the attempts that made them. */
export async function stagingFolders(
  session: Session,
  { source, location }: Pick<CopyEnds, "source" | "location">,
  settings: Settings,
): Promise<{ folder: string; maker: AttemptName }[]> {
  const root = stagingRoot(source, location, settings);
  const local = localPath(root);
  const folders = local ? (existsSync(local) ? readdirSync(local) : []) : await foldersBelow(session, root);
  return folders.flatMap(name => {
    const maker = makerOf(name);
    return maker ? [{ folder: `${root}/${name}`, maker }] : [];
  });
}

/** Removes a staging folder. Where only Spark reaches it, it is emptied: Spark has no statement that removes a folder. */
export async function removeStaging(session: Session, folder: string): Promise<void> {
  // Nothing but a folder of this kind may ever come here.
  const [name = "", parent] = folder.split("/").reverse();
  if (parent !== FOLDER || !makerOf(name)) throw new Error(`${folder} is no staging folder.`);
  const local = localPath(folder);
  if (local && existsSync(local)) return rmSync(local, { recursive: true, force: true });
  if (local) return;
  await session.command(`insert overwrite directory ${sparkLiteral(folder)} using text select '' as value where false`);
}

async function foldersBelow(session: Session, root: string): Promise<string[]> {
  const files = await stagedFiles(session, root).catch(() => []);
  // What Spark has emptied keeps a file without bytes.
  return [...new Set(files.filter(({ bytes }) => bytes > 0).map(({ name }) => name.slice(0, name.indexOf("/"))))];
}

function stagingRoot({ catalog }: TableName, location: string, settings: Settings): string {
  const warehouse = filledCatalog(catalog, settings)?.warehouse ?? "";
  const scheme = (place: string) => /^\w+:(\/\/[^/]+)?/.exec(place)?.[0];
  const parent = location.slice(0, location.replace(/\/+$/, "").lastIndexOf("/"));
  const place = scheme(warehouse) === scheme(location) ? warehouse.replace(/\/+$/, "") : parent;
  return `${place}/${FOLDER}`;
}
