import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Papa from "papaparse";
import { writeHead } from "../../../../core/audit/head.ts";
import { archiveAll, ended, settled, someJobs } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

const ALL = "from=&to=";
const linesOf = (text: string) => text.trimEnd().split("\n").sort();

test("unfiltered, the files are those of the archive, line by line", async t => {
  const portal = await startPortal(t);
  archiveAll(portal.layout, someJobs());
  await settled(portal);
  const jobs = await portal.get(`/audit.csv?${ALL}&type=all`);
  assert.equal(jobs.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(jobs.headers.get("content-disposition"), 'attachment; filename="audit-all.csv"');
  const kept = (name: string) => readFileSync(join(portal.layout.archive, name), "utf8");
  assert.deepEqual(linesOf(jobs.body), linesOf(kept("audit.csv")));
  const tables = await portal.get(`/audit.csv?${ALL}&type=all&view=tables`);
  assert.deepEqual(linesOf(tables.body), linesOf(kept("audit-tables.csv")));
  assert.equal(jobs.body.split("\n")[0], kept("audit.csv").split("\n")[0]);
});

test("a file holds exactly what its page counts, whatever the filter, over many pages", async t => {
  const portal = await startPortal(t);
  const more = Array.from({ length: 130 }, (_, i) =>
    ended("ingest-hive", "2026-04-01", { status: i % 3 === 0 ? "failed" : "succeeded" }, `10:00:00.${100 + i}`),
  );
  archiveAll(portal.layout, [...someJobs(), ...more]);
  await settled(portal);
  for (const query of ["", "&state=failed", "&person=grace", "&table=hive.sales.orders", "&text=4711", "&type=none"]) {
    const page = await portal.get(`/audit?${ALL}${query}`);
    const told = Number(/([\d,]+) jobs? \d+ (?:person|people)/.exec(page.text)?.[1]?.replaceAll(",", ""));
    const { body } = await portal.get(`/audit.csv?${ALL}${query}`);
    const { data } = Papa.parse<{ job_id: string }>(body, { header: true, skipEmptyLines: true });
    assert.equal(data.length, told, query);
    assert.equal(new Set(data.map(row => row.job_id)).size, told, query);
  }
  const days = await portal.get("/audit.csv?from=2026-03-02&to=2026-03-03&state=failed");
  assert.equal(linesOf(days.body).length, 2);
  assert.match(days.headers.get("content-disposition") ?? "", /audit-2026-03-02-to-2026-03-03\.csv/);
});

test("the page offers the file of its own filter and of its own view", async t => {
  const portal = await startPortal(t);
  const { body } = await portal.get("/audit?view=tables&state=failed&before=&rows=5");
  const href = /href="(\/audit\.csv[^"]*)"/.exec(body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const query = new URL(href, "http://portal").searchParams;
  assert.deepEqual([query.get("view"), query.get("state"), query.has("rows")], ["tables", "failed", false]);
  assert.match(query.get("from") ?? "", /^\d{4}-\d\d-\d\d$/);
});

test("what a spreadsheet would run as a formula is only text, in each of the three files", async t => {
  const portal = await startPortal(t);
  const formula = '=HYPERLINK("http://evil","x")';
  const tables = [{ ...someJobs()[2]!.tables![0]!, table: formula, error: { message: `+${formula}` } }];
  archiveAll(portal.layout, [
    ended("ingest-hive", "2026-03-02", { note: formula, file: "@SUM(A1)", submittedBy: "-2+3", tables }),
  ]);
  portal.auth.people.add("x", "viewer");
  await portal.post("/account/tokens", { label: formula });
  await settled(portal);
  for (const view of ["jobs", "tables", "activity"]) {
    const { body } = await portal.get(`/audit.csv?${ALL}&view=${view}`);
    const cells = Papa.parse<string[]>(body, { skipEmptyLines: true }).data.flat();
    assert.ok(
      cells.some(cell => cell.startsWith(`'${formula.slice(0, 4)}`)),
      view,
    );
    assert.deepEqual(
      cells.filter(cell => /^[=+@-]/.test(cell)),
      [],
      view,
    );
  }
});

test("nobody gets a file without being logged in", async t => {
  const portal = await startPortal(t, { role: "nobody" });
  assert.equal((await portal.get("/audit.csv", { accept: "text/csv" })).body.includes("job_id"), false);
});

test("every export carries the newest hash of the archive", async t => {
  const portal = await startPortal(t);
  const records = archiveAll(portal.layout, someJobs());
  const newest = records.at(-1)!;
  writeHead(portal.layout, newest, undefined);
  await settled(portal);
  for (const view of ["jobs", "tables", "activity"]) {
    const { headers } = await portal.get(`/audit.csv?${ALL}&view=${view}`);
    assert.equal(headers.get("audit-head"), `${newest.sequence} ${newest.id} ${newest.hash}`);
    assert.ok(headers.get("content-disposition")?.endsWith(`-head-${newest.hash}.csv"`), view);
    const { head } = JSON.parse((await portal.get(`/api/audit?${ALL}&view=${view}`)).body);
    assert.deepEqual(head, { sequence: newest.sequence, id: newest.id, hash: newest.hash });
  }
});
