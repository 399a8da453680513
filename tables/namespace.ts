import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { layoutOf } from "../files/layout.ts";
import type { Settings } from "../settings.ts";
import type { Session } from "../spark/session.ts";
import { quote, sparkCatalog, type TableName } from "./names.ts";

/**
 * Makes sure, once for a session, that a namespace is there. One at a time for all jobs of this DATA_DIR: of two that
 * create the same database at once the Hive Metastore refuses one, and then deletes the folder of both, with the tables
 * that the other has made in it meanwhile.
 */
export async function createNamespace(
  session: Session,
  { DATA_DIR }: Pick<Settings, "DATA_DIR">,
  { catalog, namespace }: TableName,
): Promise<void> {
  const name = `${quote(sparkCatalog(catalog))}.${quote(namespace)}`;
  const made = known.get(session) ?? new Set();
  if (made.has(name)) return;
  await alone(layoutOf(DATA_DIR).queue, () => session.command(`create namespace if not exists ${name}`));
  known.set(session, made.add(name));
}

const known = new WeakMap<Session, Set<string>>();

// A lock that dies with its process.
async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const lock = new DatabaseSync(join(folder, ".namespaces.lock"));
  try {
    while (!taken(lock)) await pause(20);
    return await work();
  } finally {
    lock.close();
  }
}

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec("begin exclusive");
    return true;
  } catch (error) {
    if (/locked|busy/i.test((error as Error).message)) return false;
    throw error;
  }
}
