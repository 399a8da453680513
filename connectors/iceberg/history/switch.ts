import type { Settings } from "../../../core/settings.ts";
import { failpoint } from "../../../core/system/failpoint.ts";
import type { MetastoreSettings } from "../../hive/metastore/metastore.ts";
import { hasKerberos, type KerberosSettings } from "../../kerberos/delegation-tokens.ts";
import { SparkError } from "../../spark/errors.ts";
import type { Session } from "../../spark/session.ts";
import { filledCatalog } from "../catalogs.ts";
import { metadataFile } from "../iceberg.ts";
import { propertyList } from "../layout/create.ts";
import { quote, sparkCatalog, sparkLiteral, sqlName, type TableName, tableNameOf } from "../names.ts";
import { type CatalogDatabase, isReachable, type MetadataMove, moveInDatabase } from "./database.ts";
import { moveInMetastore } from "./metastore.ts";
import { moveInRest } from "./rest.ts";

/** Makes a metadata file known under a name that is free. Throws where there is a table of that name. */
export async function registerMetadata(
  session: Session,
  { catalog, namespace, table }: TableName,
  file: string,
): Promise<void> {
  const name = sparkLiteral(`${quote(namespace)}.${quote(table)}`);
  await session.command(
    `call ${quote(sparkCatalog(catalog))}.system.register_table(table => ${name}, metadata_file => ${sparkLiteral(file)})`,
  );
}

/** Forgets a table; its files stay where they are. */
export async function forgetTable(session: Session, name: TableName): Promise<void> {
  await session.command(`drop table if exists ${sqlName(name)}`);
}

/** Gives a table another name in its namespace. Throws, and changes nothing, where that name is taken. */
export async function renameTable(session: Session, from: TableName, table: string): Promise<void> {
  // The new name carries no catalog.
  await session.command(`alter table ${sqlName(from)} rename to ${quote(from.namespace)}.${quote(table)}`);
}

/** How a table came to stand on another metadata file; `overtaken` where somebody else had moved it before. */
export type Switched = "at once" | "dropped and registered" | "overtaken";

/** What an outcome says of a table that was dropped and registered. */
export const DROPPED_AND_REGISTERED =
  "the catalog can't move a table in one step: it was dropped and registered again, and for a moment there was none";

/**
 * Lets a table stand on another metadata file if it still stands on the one that is expected. Its catalog's database and the
 * Hive Metastore compare and set in one call, one with Kerberos too where a keytab is there; without it, and in a REST catalog, the
 * table is asked for right before it is moved in one step. With any other catalog the table is dropped and registered again, and for some milliseconds readers find none.
 */
export async function switchTable(
  session: Session,
  settings: Settings,
  name: TableName,
  move: MetadataMove,
): Promise<Switched> {
  const lines = filledCatalog(name.catalog, settings);
  const kerberos = settings.HIVE_METASTORE_PRINCIPAL ? { [SASL]: "true" } : {};
  return await switchInCatalog(session, lines && { ...kerberos, ...lines }, name, move, settings);
}

/** The same for a catalog whose lines of `catalogs.json` are known; undefined where Spark alone knows it. `login` is for a Metastore with Kerberos. */
export async function switchInCatalog(
  session: Session,
  catalog: Readonly<Record<string, string>> | undefined,
  name: TableName,
  move: MetadataMove,
  login: MetastoreSettings & Partial<KerberosSettings> = { HIVE_METASTORE_URI: undefined },
): Promise<Switched> {
  const how = await moveAtOnce(session, catalog, { name, move, login });
  if (how) return how;
  if ((await metadataFile(session, name)) !== move.from) return "overtaken";
  await forgetTable(session, name);
  failpoint("table dropped");
  try {
    await registerMetadata(session, name, move.to);
  } catch (error) {
    // Better what was there than nothing.
    await registerMetadata(session, name, move.from);
    throw error;
  }
  return "dropped and registered";
}

// Undefined where the catalog can't.
async function moveAtOnce(
  session: Session,
  catalog: Readonly<Record<string, string>> | undefined,
  { name, move, login }: { name: TableName; move: MetadataMove; login: MetastoreSettings & Partial<KerberosSettings> },
): Promise<"at once" | "overtaken" | undefined> {
  const result = (moved: boolean) => (moved ? "at once" : "overtaken");
  switch (catalog?.type) {
    case "jdbc": {
      const database = databaseOf(catalog);
      return isReachable(database) ? result(await moveInDatabase(database, name, move)) : undefined;
    }
    case "hive": {
      const { HIVE_METASTORE_PRINCIPAL: principal, ...rest } = login;
      const server = { ...rest, HIVE_METASTORE_URI: catalog.uri };
      if (catalog.uri && !isKerberized(catalog)) return result(await moveInMetastore(server, name, move));
      // Who has a keytab shows a token in the place of a ticket.
      if (catalog.uri && principal && hasKerberos(login))
        return result(await moveInMetastore({ ...server, HIVE_METASTORE_PRINCIPAL: principal }, name, move));
      const moved = await moveThroughSpark(session, name, move);
      return moved === undefined ? undefined : result(moved);
    }
    case "rest": {
      const moved = await moveInRest(catalog, name, move);
      return moved === "unable" ? undefined : result(moved === "moved");
    }
    default:
      return undefined;
  }
}

const SESSION_CATALOG = "hive";

/**
 * Moves a table through the Hive client of Spark's own JVM, which speaks Kerberos. It has no call that compares: the table is
 * asked right before and right after. Undefined where Spark's session catalog is not over the same Metastore, or is Iceberg's.
 */
async function moveThroughSpark(
  session: Session,
  name: TableName,
  { from, to }: MetadataMove,
): Promise<boolean | undefined> {
  if ((await metadataFile(session, name)) !== from) return false;
  const table = sqlName({ ...name, catalog: SESSION_CATALOG });
  if ((await pointerOf(session, table)) !== from) return undefined;
  const pairs = propertyList([
    [POINTER, to],
    [`previous_${POINTER}`, from],
  ]);
  await session.command(`alter table ${table} set tblproperties (${pairs})`);
  if ((await metadataFile(session, name)) === to) return true;
  throw new Error(`${tableNameOf(name)} does not stand on ${to}, although Spark set it: see who else writes to it.`);
}

const POINTER = "metadata_location";

// Iceberg's own catalogs do not show this property: there it would be a property like any other, and move nothing.
async function pointerOf(session: Session, table: string): Promise<string | undefined> {
  try {
    const rows = await session.command(`show tblproperties ${table}`);
    const found = rows.find(({ key }) => key === POINTER)?.value;
    return found === undefined ? undefined : String(found);
  } catch (error) {
    if (error instanceof SparkError) return undefined;
    throw error;
  }
}

function databaseOf(catalog: Readonly<Record<string, string>>): CatalogDatabase {
  const { uri = "", "jdbc.user": user, "jdbc.password": password } = catalog;
  return { uri, ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
}

function isKerberized(catalog: Readonly<Record<string, string>>): boolean {
  return catalog[SASL] === "true";
}

const SASL = "hadoop.hive.metastore.sasl.enabled";
