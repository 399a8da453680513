import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import type { JobEvent } from "../../../../core/jobs/events.ts";
import { newId } from "../../../../core/jobs/id.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { eventsFile, runningFiles } from "../../../../core/store/layout.ts";
import { outcome } from "../../../core/audit/archive.ts";
import { archiveAll, ended, settled } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

const MB = 1e6;

/** A job that copied two tables in so many seconds, with its receipt. */
function copied(day: number, seconds: number): Partial<JobRecord> {
  const at = `2026-03-0${day}T09:00:00.000Z`;
  const tables = ["a", "b"].map(name => outcome(name, { seconds: seconds / 2, bytes: String(100 * MB), rows: "5" }));
  const planned = { tables: 2, bytes: String(200 * MB) };
  return {
    ...ended("ingest-hive", `2026-03-0${day}`, { tables, parameters: { database: "sales" } }),
    startedAt: new Date(Date.parse(at) - seconds * 1000).toISOString(),
    receipt: { planned, done: { tables: 2, seconds }, skipped: 0, failed: 0 },
    attempts: [],
  };
}

test("a receipt says how long such jobs take, and a slow job that it was slow", async t => {
  const portal = await startPortal(t);
  const records = archiveAll(
    portal.layout,
    [60, 66, 54, 63, 57, 400].map((seconds, i) => copied(i + 1, seconds)),
  );
  await settled(portal);
  const page = async (at: number) => (await portal.get(`/jobs/${records[at]?.id}`)).text;
  assert.doesNotMatch(await page(2), /jobs before/, "two jobs tell nothing");
  assert.match(await page(4), /as 4 jobs before/);
  assert.doesNotMatch(await page(4), /slower than usual/);
  assert.match(await page(5), /as 5 jobs before; \d+ % slower than usual/);
});

test("a running job says how long it still takes, and that it is slower than usual", async t => {
  const portal = await startPortal(t);
  archiveAll(
    portal.layout,
    [60, 66, 54, 63, 57].map((seconds, i) => copied(i + 1, seconds)),
  );
  await settled(portal);
  const id = newId("ingest-hive");
  const since = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  const file = { id, type: "ingest-hive", parameters: { database: "sales", tables: ["a", "b", "c", "d"] } };
  const origin = { via: "portal", submittedBy: "ada", submittedAt: since(400) };
  const claim = {
    ...{ id, type: file.type, attempt: 1, claimNumber: 1, host: "here", claimedAt: since(400), sessions: [], origin },
    ...{ trusted: true, takenFrom: `${id}.json` },
  };
  const files = runningFiles(portal.layout, id);
  const steps = ["a", "b", "c", "d"].map(name => ({
    ...{ table: `hive.sales.${name}`, target: `lake.sales_iceberg.${name}`, action: "create", bytes: String(100 * MB) },
  }));
  const base = (seconds: number) => ({ at: since(seconds), attempt: 1 });
  const events: JobEvent[] = [
    { ...base(400), event: "planned", steps, parallel: 4 },
    ...steps.map(
      ({ table, target, action }): JobEvent => ({ ...base(400), event: "table-started", table, target, action }),
    ),
    { ...base(10), event: "table-ended", table: "hive.sales.a", outcome: outcome("a", { seconds: 390 }) },
  ];
  mkdirSync(dirname(files.claim), { recursive: true });
  writeFileSync(files.claim, JSON.stringify(claim));
  writeFileSync(files.job, JSON.stringify(file));
  writeFileSync(eventsFile(portal.layout, id), events.map(event => `${JSON.stringify(event)}\n`).join(""));
  const { text } = await portal.get(`/jobs/${id}`);
  assert.match(text, /% slower than usual\./);
  assert.match(text, /left, by 5 earlier jobs\./);
});
