import type { TableName } from "../../connectors/iceberg/names.ts";
import { openIndex } from "../../core/audit/index/open.ts";
import type { Settings } from "../../core/settings.ts";
import type { Lineage } from "../../core/stations/lineage.ts";
import { catalogOf, namespaceOf, tableOf } from "../../core/stations/names.ts";
import { layoutOf } from "../../core/store/layout.ts";

/** A table to look at, and what the archive knows of it that a look is held against. */
export interface DriftSubject {
  /** As in records: `lake.sales.orders`. */
  name: string;
  at: TableName;
  /** The snapshots of it that were copied on. */
  copied: string[];
  /** The snapshot on which it stood last, with its figures. */
  known?: { snapshot: string; rows?: string; bytes?: string };
  /** Of a registration: the metadata file and the table that it was registered from. */
  registered?: { file?: string; snapshot?: string; source?: TableName };
}

/** The tables that the archive knows on the ways which lead through a namespace. Reads the index, as the portal does. */
export async function knownSubjects(settings: Settings, catalog: string, namespace: string): Promise<DriftSubject[]> {
  const index = openIndex(layoutOf(settings.DATA_DIR));
  try {
    index.refresh();
    if (index.reconciling()) await index.reconcile();
    const { rows } = index.board({ namespace: `${catalog}.${namespace}`, limit: 1_000_000 });
    return subjectsOf(rows);
  } finally {
    index.close();
  }
}

/** Each table of some lineages once. */
export function subjectsOf(lineages: readonly Lineage[]): DriftSubject[] {
  const found = new Map<string, DriftSubject>();
  for (const { stations } of lineages)
    for (const [i, { name, copied, metadataFile, snapshot, rows, bytes }] of stations.entries()) {
      const at = nameOf(name);
      if (!at) continue;
      const source = nameOf(stations[i - 1]?.name ?? "");
      const subject = found.get(name) ?? { name, at, copied: [] };
      found.set(name, subject);
      if (snapshot !== undefined)
        subject.known = { snapshot, ...(rows !== undefined && { rows }), ...(bytes !== undefined && { bytes }) };
      if (at.catalog === "snowflake")
        subject.registered = {
          ...(metadataFile && { file: metadataFile }),
          ...((copied ?? snapshot) && { snapshot: copied ?? snapshot }),
          ...(source && { source }),
        };
      const next = stations[i + 1]?.copied;
      if (next !== undefined && !subject.copied.includes(next)) subject.copied.push(next);
    }
  return [...found.values()];
}

/** A table's name as records have it, in parts. The namespace of one in Snowflake is its database and schema. */
export function nameOf(name: string): TableName | undefined {
  const [catalog, place, table] = [catalogOf(name), namespaceOf(name), tableOf(name)];
  const namespace = place.slice(catalog.length + 1);
  return catalog && namespace && table ? { catalog, namespace, table } : undefined;
}
