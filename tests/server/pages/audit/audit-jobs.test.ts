import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import type { JobFile } from "../../../../core/jobs/envelope.ts";
import { readJson } from "../../../../core/system/json.ts";
import { outcome } from "../../../core/audit/archive.ts";
import { archiveAll, ended, settled, someJobs } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

test("generate anew is a job for the worker, in the person's name, and only once at a time", async t => {
  const portal = await startPortal(t);
  const back = "/audit?from=&to=&state=failed";
  const sent = await portal.post("/audit/check", { back });
  assert.deepEqual([sent.status, sent.location], [303, `${back}#archive`]);
  const page = await portal.get(back);
  assert.match(page.text, /The archive is being checked.* No worker is running: it waits for one\./);
  assert.match(page.text, /○ Queued The chain of records is being checked/);
  assert.match(page.body, /id="archive" hx-get="\/audit\?from=&amp;to=&amp;state=failed" hx-trigger="every 2s"/);
  assert.doesNotMatch(page.text, /Verify archive and rebuild report/);
  await portal.post("/audit/check");
  const names = readdirSync(portal.layout.queue).filter(name => name.endsWith(".json"));
  assert.equal(names.length, 1);
  const file = readJson<JobFile>(join(portal.layout.queue, names[0]!));
  assert.deepEqual([file?.type, file?.submittedBy, file?.via], ["check-archive", "test-operator", "portal"]);
  assert.deepEqual(
    readAuditEvents(portal.layout).map(({ what, by, job }) => [what, by, job]),
    [["start", "test-operator", names[0]?.slice(0, -".json".length)]],
  );
});

test("the last check stands there with its verdict, what it saw, and when", async t => {
  const portal = await startPortal(t);
  const records = archiveAll(portal.layout, someJobs());
  await settled(portal);
  const well = await portal.get("/audit");
  assert.match(well.text, /✓ Every record is as it was archived .* ago for ada, the check 4 records newest hash abc/);
  assert.match(well.text, /Verify archive and rebuild report/);
  const problem = `${records[0]?.id} does not match its hash: it was edited.`;
  const { proof: _, ...bare } = outcome("x", { outcome: "failed", error: { message: problem, hint: "Compare." } });
  const ill = {
    status: "failed",
    error: { message: "1 of 1 archives failed" },
    tables: [{ ...bare, target: "" }],
  } as const;
  const more = archiveAll(portal.layout, [ended("check-archive", "2026-03-08", { ...ill, tables: [...ill.tables] })]);
  await settled(portal);
  const page = await portal.get("/audit");
  assert.ok(page.text.includes(`✕ Look at the archive`) && page.text.includes(`${problem} Compare.`), page.text);
  assert.ok(page.body.includes(`/jobs/${more[0]?.id}`));
});

test("an export names its table; what is no table name is refused", async t => {
  const portal = await startPortal(t);
  const sent = await portal.post("/audit/export", { table: "MY_AUDIT" });
  assert.deepEqual([sent.status, sent.location], [303, "/audit#archive"]);
  const page = await portal.get("/audit");
  assert.match(page.text, /The audit is being exported to MY_AUDIT\./);
  assert.match(page.text, /○ Queued The audit is being merged into Snowflake/);
  const refused = await (await startPortal(t)).post("/audit/export", { table: "" });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /table/);
});

test("the last export stands there with what went where, and its table is offered again", async t => {
  const portal = await startPortal(t);
  const target = (name: string, rows: string) =>
    outcome(name, { table: `archive/${name}`, target: `snowflake.P.PUBLIC.${name}`, rows, notes: [`${rows} new`] });
  const tables = [target("MINE", "7"), target("MINE_TABLES", "9"), target("MINE_CHAIN", "1")];
  archiveAll(portal.layout, [ended("export-audit", "2026-03-08", { parameters: { table: "MINE" }, tables })]);
  await settled(portal);
  const { text, body } = await portal.get("/audit");
  assert.match(
    text,
    /✓ Exported .* ago for ada, the export snowflake\.P\.PUBLIC\.MINE : 7 rows, 7 new and 2 more tables/,
  );
  assert.match(body, /name="table" value="MINE"/);
});

test("a viewer sees the audit and starts nothing; an address elsewhere is not followed", async t => {
  const viewer = await startPortal(t, { role: "viewer" });
  const page = await viewer.get("/audit");
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, /Verify archive and rebuild report|Export to Snowflake/);
  for (const path of ["/audit/check", "/audit/export"])
    assert.equal((await viewer.post(path, { table: "T" })).status, 403);
  assert.deepEqual(
    readdirSync(viewer.layout.queue).filter(name => name.endsWith(".json")),
    [],
  );
  const operator = await startPortal(t);
  const sent = await operator.post("/audit/check", { back: "//evil.example" });
  assert.equal(sent.location, "/#archive");
});
