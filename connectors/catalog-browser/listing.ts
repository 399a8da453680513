import { quote, sparkCatalog } from "../iceberg/names.ts";
import type { Session } from "../spark/session.ts";
import { isNoNamespace, noNamespace } from "./errors.ts";

/** The names of a catalog's namespaces, in order; for `hive`, the databases. */
export async function listNamespaces(session: Session, catalog: string): Promise<string[]> {
  const rows = await session.command(`show namespaces in ${quote(sparkCatalog(catalog))}`);
  return rows.map(row => unquoted(String(row.namespace))).sort();
}

/** The names of a namespace's tables, in order; Hive's views and the Iceberg tables in its databases are among them. */
export async function listNames(session: Session, catalog: string, namespace: string): Promise<string[]> {
  const place = `${quote(sparkCatalog(catalog))}.${quote(namespace)}`;
  try {
    const rows = await session.command(`show tables in ${place}`);
    // Iceberg's catalogs have no tables in a namespace that is not there.
    if (rows.length === 0) await session.command(`describe namespace ${place}`);
    return rows
      .filter(row => row.isTemporary !== true)
      .map(row => String(row.tableName))
      .sort();
  } catch (error) {
    throw isNoNamespace(error) ? noNamespace(catalog, namespace) : error;
  }
}

// Spark prints a namespace as SQL would have it: `2024` in backticks.
function unquoted(name: string): string {
  return /^`.*`$/s.test(name) ? name.slice(1, -1).replaceAll("``", "`") : name;
}
