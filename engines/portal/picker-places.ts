import type { Listed } from "../../connectors/catalog-browser/open.ts";
import type { Portal } from "./page.ts";

// So many namespaces are asked for their tables at most: each is a call to the metastore in both catalogs.
const MOST = 60;

/**
 * The namespaces that a picker of a catalog offers. Hive and the lake may share a metastore, and each then lists the
 * other's namespaces: left out are, for `hive`, those that hold nothing but Iceberg tables, and for an Iceberg catalog,
 * those that hold Hive tables only. What is not known yet stays.
 */
export async function pickerPlaces({ metadata }: Pick<Portal, "metadata">, catalog: string): Promise<Listed<string>> {
  const own = await metadata.namespaces(catalog);
  const other = catalog === "hive" ? "lake" : "hive";
  const shared = new Set((await metadata.namespaces(other)).items);
  const doubtful = own.items.filter(name => shared.has(name));
  if (doubtful.length > MOST) return own;
  const foreign = await Promise.all(
    doubtful.map(async name => {
      const [hive, lake] = await Promise.all([metadata.names("hive", name), metadata.names("lake", name)]);
      if (hive.pending || lake.pending || hive.error || lake.error) return undefined;
      // Hive's list has the Iceberg tables of a database too.
      const hiveOnly = hive.items.filter(table => !lake.items.includes(table));
      const isForeign =
        catalog === "hive"
          ? lake.items.length > 0 && hiveOnly.length === 0
          : lake.items.length === 0 && hiveOnly.length > 0;
      return isForeign ? name : undefined;
    }),
  );
  return { ...own, items: own.items.filter(name => !foreign.includes(name)) };
}
