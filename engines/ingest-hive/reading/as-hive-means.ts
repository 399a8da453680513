import type { HiveTable } from "../../../connectors/iceberg/describe.ts";
import type { TableColumn } from "../../../connectors/iceberg/layout/columns.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { JobError } from "../../../core/jobs/outcome.ts";
import type { PlanContext } from "../../engine.ts";
import type { Move } from "../../table-copy/move.ts";
import type { HiveSource } from "../hive-source.ts";
import { holdsTimestamp, inHiveZone, keepsInstants, type Zones } from "../time-zone.ts";
import { doubtNotes } from "../view-doubts.ts";
import { viewsOf } from "../view-tables.ts";
import { javaZone } from "../witness.ts";

/** A source's columns as Hive means them, with what a plan says of that; or why Spark can't mean the same. */
export async function asHiveMeans(
  session: Session,
  { settings }: Pick<PlanContext, "settings">,
  source: HiveSource,
  columns: TableColumn[],
): Promise<{ columns: TableColumn[]; notes: string[] } | { refused: JobError }> {
  const isView = source.table.type === "VIEW";
  const doubts = isView ? await viewNotes(session, source, settings.HIVE_SERVER2_URL !== undefined) : [];
  const hive = settings.HIVE_TIME_ZONE;
  if (!hive || !columns.some(({ source: type }) => holdsTimestamp(type))) return { columns, notes: doubts };
  const java = await javaZone(session);
  const zones = { hive, java: isSame({ hive, java }) ? hive : java };
  const notes = [...doubts, `12:00 in Hive is taken for noon in ${hive} (HIVE_TIME_ZONE)`];
  if (!isView) return { columns: inHiveZone(columns, source.table, zones), notes };
  const mixed = isSame(zones) ? undefined : source.tables?.find(({ table }) => !keepsInstants(table));
  return mixed ? { refused: otherZone(source, mixed, zones) } : { columns, notes };
}

// `UTC` and `Etc/UTC` are one zone.
function isSame({ hive, java }: Zones): boolean {
  const canonical = (timeZone: string) => new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  return hive === java || canonical(hive) === canonical(java);
}

function otherZone(view: HiveSource, below: HiveSource, { hive, java }: Zones): JobError {
  return {
    message: `The view ${view.name.table} reads timestamps of ${below.name.namespace}.${below.name.table}, whose files keep what clocks in ${hive} showed, and Spark takes them for those in ${java}.`,
    hint: `Ingest the tables below it instead, or start Spark's Java with -Duser.timezone=${hive} on driver and executors.`,
  };
}

async function viewNotes(session: Session, source: HiveSource, mayAsk: boolean): Promise<string[]> {
  const views = await viewsOf(session, source.name);
  const all = [source, ...views].filter(({ table }) => !madeBySpark(table));
  return doubtNotes([...new Set(all.map(({ table }) => table.view_text ?? ""))], mayAsk);
}

// Spark keeps with a view what was set when it was made.
function madeBySpark({ view_creation_spark_configuration: made = {} }: HiveTable): boolean {
  return Object.keys(made).length > 0;
}

/** What the copy has to be looked at for, by the formats that its values come from. */
export function suspicions({ table, tables }: HiveSource): Pick<Move, "mayHoldBytes" | "mayHoldOldDays"> {
  const below = tables ?? [{ table }];
  const holdsBytes = below.some(({ table: { serde_library = "", provider = "hive" } }) =>
    provider.toLowerCase() === "hive" ? !/parquet|orc|avro/i.test(serde_library) : /csv|text|json/i.test(provider),
  );
  const holdsDays = below.some(({ table: { serde_library, provider } }) =>
    /parquet/i.test(`${serde_library} ${provider}`),
  );
  return { ...(holdsBytes && { mayHoldBytes: true }), ...(holdsDays && { mayHoldOldDays: true }) };
}
