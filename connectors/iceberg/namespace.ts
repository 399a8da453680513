import type { Settings } from "../../core/settings.ts";
import { layoutOf, namespacesLock } from "../../core/store/layout.ts";
import { locked } from "../../core/system/lock.ts";
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
  const lock = namespacesLock(layoutOf(DATA_DIR));
  await locked(lock, () => session.command(`create namespace if not exists ${name}`), { every: 20 });
  known.set(session, made.add(name));
}

const known = new WeakMap<Session, Set<string>>();
