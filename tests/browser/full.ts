import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import { rebuildAudit } from "../../core/audit/rebuild.ts";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { eventsFile, layoutOf, logFile, prepareLayout, runningFiles } from "../../core/store/layout.ts";
import { writeRunByHand } from "../../core/store/schedule-state.ts";
import { archive, outcome } from "../core/audit/archive.ts";
import { demoAnalysis } from "../engines/analysis.ts";
import type { TestPortal } from "../server/portal.ts";
import { runs, tells } from "../server/streamed.ts";
import { portalOn } from "./browser.ts";

/** The id of an analysis of logs that the full portal has; its lines are gone. */
export const ANALYSIS = "20261123T094512123Z-analyze-logs-k3f9q2";

const LONG = "a_table_with_a_name_that_is_longer_than_anybody_would_like_it_to_be_in_a_table_on_a_telephone";

/** A portal with something of everything: jobs of every state, a log, proofs, a rejected file, events. `id` is a job that failed. */
export async function fullPortal(t: {
  after(end: () => void): void;
}): Promise<{ portal: TestPortal; id: string; plan: string }> {
  const root = mkdtempSync(join(tmpdir(), "portal-full-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const layout = layoutOf(root);
  prepareLayout(layout);
  const now = new Date().toISOString();
  const failed: Partial<JobRecord> = {
    status: "failed",
    finishedAt: now,
    note: "for the audit of the third quarter",
    then: [{ type: "migrate-iceberg" }],
    tables: [
      outcome("orders", { notes: ["column level: tinyint becomes int"] }),
      outcome(LONG, {
        outcome: "failed",
        error: { message: `${LONG} is transactional.`, hint: "Copy it in Hive first." },
      }),
      outcome("skipped", { outcome: "skipped", error: { message: "It is there already." } }),
    ],
    error: { message: `1 of 3 tables failed: hive.sales.${LONG}` },
    attempts: [1, 2].map(attempt => ({
      attempt,
      startedAt: now,
      finishedAt: now,
      exitCode: 1,
      error: { message: "It failed." },
    })),
  };
  const first = archive(layout, undefined, { finishedAt: now });
  const record = archive(layout, first, failed);
  const cancelled = archive(layout, record, { finishedAt: now, status: "cancelled", cancelledBy: "ben", tables: [] });
  const logs = { id: ANALYSIS, type: "analyze-logs", parameters: { files: ["access.log", "syslog"] } };
  archive(layout, cancelled, { ...logs, finishedAt: now, tables: [{ ...outcome("logs"), analysis: demoAnalysis() }] });
  const plan = planned(layout, now);
  mkdirSync(join(root, "uploads"));
  writeFileSync(join(root, "uploads", `${LONG}.csv`), `sku,${LONG}\n1,2\n`);
  rebuildAudit(layout);
  const proof = {
    at: now,
    attempt: 1,
    table: "hive.sales.orders",
    target: "lake.sales_iceberg.orders",
    level: "read-back",
    verdict: "equal",
    source: {
      rows: "1000",
      sum: "1",
      sum2: "2",
      xor: "3",
      columns: [{ name: "id", count: "1000", min: "0", max: "999" }],
    },
    targetFigures: {
      rows: "1000",
      sum: "1",
      sum2: "2",
      xor: "3",
      columns: [{ name: "id", count: "1000", min: "0", max: "999" }],
    },
    sql: "select count(*) from t",
  };
  writeFileSync(join(layout.archive, now.slice(0, 7), `${record.id}.proofs.ndjson`), `${JSON.stringify(proof)}\n`);
  mkdirSync(layout.logs, { recursive: true });
  const lines = Array.from(
    { length: 400 },
    (_, i) =>
      `10:00:${String(i % 60).padStart(2, "0")} ${i % 90 === 7 ? "ERROR" : i % 50 === 3 ? "WARN" : "INFO"} \x1b[32mline\x1b[0m ${i} ${i % 40 === 0 ? "x".repeat(300) : ""}`,
  );
  for (const attempt of [1, 2]) writeFileSync(logFile(layout, record.id, attempt), `${lines.join("\n")}\n`);
  const steps = ["orders", LONG].map(table => ({
    table: `hive.sales.${table}`,
    target: `lake.sales_iceberg.${table}`,
    action: "create",
    why: "Parquet, partitioned by day",
  }));
  writeFileSync(
    eventsFile(layout, record.id),
    `${JSON.stringify({ at: now, attempt: 1, event: "planned", parallel: 2, steps })}\n`,
  );
  queueAndRun(layout, now, steps);
  const stream = runs(layout, "stream-logs", { topic: "web-logs", table: `lake.nowhere.${LONG}` });
  for (const linesPerSecond of [400, 512])
    tells(layout, stream, {
      lines: 9000,
      badLines: 12,
      linesPerSecond,
      lagLines: 1200,
      lagSeconds: 2.4,
      lastProgressAt: now,
    });
  const replay = runs(layout, "replay-logs", { file: LONG, topic: "web-logs", linesPerSecond: 500 });
  tells(layout, replay, { done: 9000, total: 100_000 });
  const nightly = { cron: "0 3 * * *", timeZone: "Europe/Berlin", note: LONG, job: { type: "export-audit" } };
  writeFileSync(join(layout.schedules, "nightly.json"), JSON.stringify(nightly));
  writeFileSync(join(layout.schedules, "paused.json"), JSON.stringify({ ...nightly, paused: true }));
  writeFileSync(join(layout.schedules, "wrong.json"), JSON.stringify({ ...nightly, timezone: LONG }));
  writeRunByHand(layout, "nightly", { id: record.id, at: now });
  writeFileSync(join(layout.rejected, "weekly.json"), '{ "type": "ingest-hiv" }');
  writeFileSync(
    join(layout.rejected, "weekly.json.reason.txt"),
    'line 1, type: unknown type "ingest-hiv", did you mean "ingest-hive"?\n',
  );
  recordAuditEvent(
    { layout, by: "anna", role: "operator", from: "127.0.0.1", via: "portal" },
    { at: now, what: "start", job: record.id, about: "Ingest 3 tables from sales" },
  );
  const portal = await portalOn(t, root);
  await portal.portal.index.reconcile();
  return { portal, id: record.id, plan };
}

// A plan that has ended: a table that would be written, one that can't be, one that is left out.
function planned(layout: ReturnType<typeof layoutOf>, now: string): string {
  const id = newId("plan-job");
  const job = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders", LONG] } };
  writeFileSync(join(layout.queue, `${id}.json`), JSON.stringify({ type: "plan-job", parameters: { job }, id }));
  const target = (table: string) => ({ table: `hive.sales.${table}`, target: `lake.sales_iceberg.${table}` });
  const error = { message: `${LONG} is transactional.`, hint: "Copy it in Hive first." };
  const steps = [
    { ...target("orders"), action: "create", why: "Parquet, partitioned by day", rows: "12", bytes: "34" },
    { ...target(LONG), action: "create", ended: { outcome: "failed", error } },
    { ...target("old"), action: "create", ended: { outcome: "skipped", error: { message: "It is there already." } } },
  ];
  const event = { at: now, attempt: 1, event: "planned", of: "ingest-hive", parallel: 2, steps };
  writeFileSync(eventsFile(layout, id), `${JSON.stringify(event)}\n`);
  return id;
}

function queueAndRun(
  layout: ReturnType<typeof layoutOf>,
  now: string,
  steps: readonly { table: string; target: string; action: string }[],
): void {
  const file = {
    type: "ingest-hive",
    parameters: { database: "sales", tables: ["orders", LONG] },
    then: [{ type: "migrate-iceberg" }],
  };
  const waiting = newId("ingest-hive");
  writeFileSync(join(layout.queue, `${waiting}.json`), JSON.stringify({ ...file, id: waiting }));
  const id = newId("ingest-hive");
  const { job, claim } = runningFiles(layout, id);
  writeFileSync(job, JSON.stringify(file));
  writeFileSync(
    claim,
    JSON.stringify({
      id,
      type: "ingest-hive",
      attempt: 1,
      claimNumber: 1,
      host: "here",
      claimedAt: now,
      origin: { via: "hand", submittedBy: "anna", submittedAt: now, file: `${LONG}.json` },
      trusted: true,
      takenFrom: `${id}.json`,
      sessions: [],
    }),
  );
  const told = [
    { event: "planned", parallel: 2, steps },
    { event: "table-started", ...steps[0] },
    { event: "progress", table: steps[0]?.table, step: "copying", done: 4, total: 10 },
  ];
  writeFileSync(
    eventsFile(layout, id),
    told.map(event => `${JSON.stringify({ at: now, attempt: 1, ...event })}\n`).join(""),
  );
}
