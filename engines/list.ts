import { analyzeLogs } from "./analyze-logs/parameters.ts";
import { checkArchive } from "./check-archive/parameters.ts";
import { checkDrift } from "./check-drift/parameters.ts";
import { checkServices } from "./check-services/parameters.ts";
import { compactTable } from "./compact-table/parameters.ts";
import { compareTables } from "./compare-tables/parameters.ts";
import { editRows } from "./edit-rows/parameters.ts";
import type { Arrivals, Engine, EngineEntry, JobType } from "./engine.ts";
import { exportAudit } from "./export-audit/parameters.ts";
import { ingestHive } from "./ingest-hive/parameters.ts";
import { inspectCsv } from "./inspect-csv/parameters.ts";
import { loadCsv } from "./load-csv/parameters.ts";
import { migrateIceberg } from "./migrate-iceberg/parameters.ts";
import { planJob } from "./plan-job/parameters.ts";
import type { TypePages } from "./portal/page.ts";
import { registerSnowflake } from "./register-snowflake/parameters.ts";
import { replayLogs } from "./replay-logs/parameters.ts";
import { runScript } from "./run-script/parameters.ts";
import { streamLogs } from "./stream-logs/parameters.ts";
import { summarizeRequests } from "./summarize-requests/parameters.ts";
import { undoJob } from "./undo-job/parameters.ts";

// Those that do something.
const working = byType([
  entry(
    ingestHive,
    () => import("./ingest-hive/engine.ts"),
    () => import("./ingest-hive/portal/page.ts"),
  ),
  entry(
    migrateIceberg,
    () => import("./migrate-iceberg/engine.ts"),
    () => import("./migrate-iceberg/portal/page.ts"),
  ),
  entry(
    loadCsv,
    () => import("./load-csv/engine.ts"),
    () => import("./load-csv/portal/page.ts"),
  ),
  entry(
    editRows,
    () => import("./edit-rows/engine.ts"),
    () => import("./edit-rows/portal/page.ts"),
  ),
  entry(
    analyzeLogs,
    () => import("./analyze-logs/engine.ts"),
    () => import("./analyze-logs/portal/page.ts"),
    () => import("./analyze-logs/arrivals.ts"),
  ),
  entry(registerSnowflake, () => import("./register-snowflake/engine.ts")),
  entry(exportAudit, () => import("./export-audit/engine.ts")),
  entry(
    runScript,
    () => import("./run-script/engine.ts"),
    () => import("./run-script/portal/page.ts"),
  ),
  entry(replayLogs, () => import("./replay-logs/engine.ts")),
  entry(summarizeRequests, () => import("./summarize-requests/engine.ts")),
  entry(compactTable, () => import("./compact-table/engine.ts")),
  entry(
    compareTables,
    () => import("./compare-tables/engine.ts"),
    () => import("./compare-tables/portal/page.ts"),
  ),
  entry(
    streamLogs,
    () => import("./stream-logs/engine.ts"),
    () => import("./stream-logs/portal/page.ts"),
  ),
]);

// Undoing is a job that can be planned, too.
const doing = {
  ...working,
  ...byType([
    entry(undoJob, async () => ({ default: (await import("./undo-job/engine.ts")).undoing(typesOf(working)) })),
  ]),
};

/** Every job type there is. Nothing else in the product has a list of types; a new one adds its line here. */
export const engines: Readonly<Record<string, EngineEntry>> = {
  ...doing,
  ...byType([
    entry(planJob(typesOf(doing)), async () => ({ default: (await import("./plan-job/engine.ts")).planning(doing) })),
    entry(checkServices, () => import("./check-services/engine.ts")),
    entry(inspectCsv, () => import("./inspect-csv/engine.ts")),
    entry(checkArchive, () => import("./check-archive/engine.ts")),
    entry(checkDrift, () => import("./check-drift/engine.ts")),
  ]),
};

/** The job types by name, without their engines. */
export const jobTypes: Readonly<Record<string, JobType>> = typesOf(engines);

/** What the types add to the portal, in the order of the list. */
export async function loadPages(): Promise<TypePages[]> {
  const pages = await Promise.all(Object.values(engines).map(({ page }) => page?.()));
  return pages.filter(page => page !== undefined);
}

/** The types that watch folders, and which. */
export async function loadArrivals(): Promise<Arrivals[]> {
  const arrivals = await Promise.all(Object.values(engines).map(({ arrivals }) => arrivals?.()));
  return arrivals.filter(found => found !== undefined);
}

// Parameters are checked against their shape before anyone sees them, so the list may forget their type.
function entry<P, D>(
  type: JobType<P>,
  load: () => Promise<{ default: Engine<P, D> }>,
  page?: () => Promise<{ default: TypePages }>,
  arrivals?: () => Promise<{ default: Arrivals }>,
): EngineEntry {
  return {
    type: type as unknown as JobType,
    load: async () => (await load()).default as unknown as Engine,
    ...(page && { page: async () => (await page()).default }),
    ...(arrivals && { arrivals: async () => (await arrivals()).default }),
  };
}

function byType(entries: readonly EngineEntry[]): Readonly<Record<string, EngineEntry>> {
  return Object.fromEntries(entries.map(found => [found.type.type, found]));
}

function typesOf(entries: Readonly<Record<string, EngineEntry>>): Readonly<Record<string, JobType>> {
  return Object.fromEntries(Object.values(entries).map(({ type }) => [type.type, type]));
}
