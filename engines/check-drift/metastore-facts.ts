import { describeHiveDetail } from "../../connectors/catalog-browser/hive.ts";
import { HiveError } from "../../connectors/hive/address.ts";
import { type MetastoreTable, openMetastore } from "../../connectors/hive/metastore/metastore.ts";
import { KerberosError } from "../../connectors/kerberos/kerberos-error.ts";
import type { DriftFact } from "../../core/jobs/outcome.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import type { PlanContext } from "../engine.ts";
import { type LookTogether, lookAtEach, notThere, seen } from "./facts.ts";
import type { CheckDrift } from "./parameters.ts";

/** Looks at Hive tables: at the metastore itself, some hundred at a time, or where it can't be reached, through Spark. */
export function metastoreFacts({ settings, spark }: PlanContext<CheckDrift>): LookTogether {
  return async subjects => {
    const namespace = subjects[0]?.at.namespace ?? "";
    const names = subjects.map(({ at }) => at.table);
    const tables = await metastoreTables(settings, namespace, names);
    if (tables)
      return new Map(subjects.map(({ name, at }) => [name, factOf(tables.get(at.table.toLowerCase()))] as const));
    const session = await spark();
    return await lookAtEach(subjects, async ({ at }) => {
      try {
        const { rows, bytes, changedAt } = await describeHiveDetail(session, at);
        return { ...seen(), ...figures({ rows, bytes, changedAt }) };
      } catch (error) {
        if (error instanceof SettingsError) return notThere();
        throw error;
      }
    });
  };
}

/** The tables of a database by their names, some or all. Undefined where the metastore itself can't be asked. */
export async function metastoreTables(
  settings: Settings,
  database: string,
  names?: readonly string[],
): Promise<ReadonlyMap<string, MetastoreTable> | undefined> {
  if (!settings.HIVE_METASTORE_URI) return undefined;
  try {
    const metastore = await openMetastore(settings);
    try {
      const tables = await metastore.tables(database, names ?? (await metastore.tableNames(database)));
      return new Map(tables.map(table => [table.name.toLowerCase(), table]));
    } finally {
      metastore.close();
    }
  } catch (error) {
    // One that does not let us in or is of another version is asked by Spark, which knows how.
    if (error instanceof HiveError || error instanceof KerberosError) return undefined;
    throw error;
  }
}

/** Whether the metastore has it as a table whose rows are Hive's own. */
export function isHiveTable({ type, properties }: MetastoreTable): boolean {
  return !/VIEW/i.test(type) && properties.table_type?.toUpperCase() !== "ICEBERG";
}

/** What the metastore says of a table: of Iceberg's, too, since its commits leave their figures there. */
export function factOf(table: MetastoreTable | undefined): DriftFact {
  if (!table) return notThere();
  const { properties } = table;
  const changed = Number(properties.transient_lastDdlTime);
  const file = properties.metadata_location;
  const snapshot = properties["current-snapshot-id"];
  const committed = Number(properties["current-snapshot-timestamp-ms"]);
  const changedAt = committed > 0 ? committed : changed * 1000;
  return {
    ...seen(),
    ...(snapshot && snapshot !== "-1" && { snapshot }),
    ...(file && { metadataFile: file }),
    ...figures({
      rows: known(properties.numRows, file !== undefined),
      bytes: known(properties.totalSize, file !== undefined),
      files: known(properties.numFiles, file !== undefined),
      ...(changedAt > 0 && { changedAt: new Date(changedAt).toISOString() }),
    }),
  };
}

// Where Hive has not counted, it keeps 0 or -1.
function known(figure: string | undefined, isIceberg: boolean): string | undefined {
  return figure !== undefined && /^\d+$/.test(figure) && (isIceberg || figure !== "0") ? figure : undefined;
}

function figures(all: { [K in "rows" | "bytes" | "files" | "changedAt"]?: string | undefined }): Partial<DriftFact> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
