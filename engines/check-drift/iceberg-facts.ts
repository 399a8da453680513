import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { describeIcebergDetail } from "../../connectors/catalog-browser/iceberg.ts";
import { attachCatalogs, readCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { listIceberg } from "../../connectors/iceberg/iceberg.ts";
import { sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { DriftFact } from "../../core/jobs/outcome.ts";
import type { PlanContext } from "../engine.ts";
import { type LookTogether, lookAtEach, notThere, seen } from "./facts.ts";
import { factOf, metastoreTables } from "./metastore-facts.ts";
import type { CheckDrift } from "./parameters.ts";
import type { DriftSubject } from "./scope.ts";

/** Looks at Iceberg tables of a catalog: at their current snapshot, and how far that is from what was copied. */
export function icebergFacts({ settings, spark }: PlanContext<CheckDrift>, catalog: string): LookTogether {
  return async subjects => {
    const namespace = subjects[0]?.at.namespace ?? "";
    const names = subjects.map(({ at }) => at.table);
    const stored = isOfMetastore(catalog) ? await metastoreTables(settings, namespace, names) : undefined;
    let opened: Promise<Session> | undefined;
    const session = () => {
      opened ??= open();
      return opened;
    };
    const open = async () => {
      const made = await spark();
      await attachCatalogs(made, settings, [catalog]);
      return made;
    };
    const look = async (subject: DriftSubject) => {
      const fact = stored ? factOf(stored.get(subject.at.table.toLowerCase())) : await described(session, subject);
      return await withBehind(session, subject, fact);
    };
    if (stored) return await lookAtEach(subjects, look);
    return await whileAzureAnswers(await session(), settings, [catalog], () => lookAtEach(subjects, look));
  };
}

/** The names of the Iceberg tables of a namespace; none where there is no such namespace. */
export async function icebergNames(session: Session, catalog: string, namespace: string): Promise<string[]> {
  try {
    return await listIceberg(session, catalog, namespace);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

// Iceberg's commits leave the figures of the current snapshot in the Hive Metastore, where they are read fastest.
function isOfMetastore(catalog: string): boolean {
  const spark = readCatalogs()[catalog]?.spark;
  return typeof spark === "object" && spark.type === "hive" && /^\$\{HIVE_METASTORE_URI\}$/.test(spark.uri ?? "");
}

// To describe a table plans a scan of it; its properties name its snapshot in half the time.
async function described(session: () => Promise<Session>, { at, known }: DriftSubject): Promise<DriftFact> {
  try {
    if (known && (await currentSnapshot(await session(), at)) === known.snapshot) return { ...seen(), ...known };
    const { current, rows, bytes } = await describeIcebergDetail(await session(), at);
    return { ...seen(), ...(current && { snapshot: current }), ...(rows && { rows }), ...(bytes && { bytes }) };
  } catch (error) {
    if (isMissing(error) || (error as Error).message.startsWith("There is no Iceberg table")) return notThere();
    throw error;
  }
}

async function currentSnapshot(session: Session, name: TableName): Promise<string | undefined> {
  const properties = await session.command(`show tblproperties ${sqlName(name)}`);
  const value = properties.find(({ key }) => key === "current-snapshot-id")?.value;
  return value === undefined || value === null ? undefined : String(value);
}

function isMissing(error: unknown): boolean {
  return error instanceof SparkError && /^(TABLE_OR_VIEW|SCHEMA)_NOT_FOUND$/.test(error.errorClass ?? "");
}

// Only where what was copied is no longer current: to list snapshots is a query of its own.
async function withBehind(
  session: () => Promise<Session>,
  { at, copied }: DriftSubject,
  fact: DriftFact,
): Promise<DriftFact> {
  const older = copied.filter(id => id !== fact.snapshot);
  if (!fact.there || fact.snapshot === undefined || older.length === 0) return fact;
  const rows = await (await session()).query(
    `select cast(snapshot_id as string) as id, cast(parent_id as string) as parent, operation from ${sqlName(at)}.snapshots`,
  );
  const byId = new Map(rows.map(row => [String(row.id), row]));
  const behind: Record<string, number> = {};
  let later = 0;
  for (let row = byId.get(fact.snapshot); row; row = byId.get(String(row.parent))) {
    if (older.includes(String(row.id))) behind[String(row.id)] = later;
    // A compaction changes files and no rows.
    if (row.operation !== "replace") later += 1;
    byId.delete(String(row.id));
  }
  return { ...fact, behind };
}
