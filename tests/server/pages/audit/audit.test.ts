import assert from "node:assert/strict";
import { test } from "node:test";
import { submitAs } from "../../../../core/actions/jobs.ts";
import { appendAudit } from "../../../../core/audit/append-report.ts";
import { newId } from "../../../../core/jobs/id.ts";
import { archive } from "../../../core/audit/archive.ts";
import { archiveAll, ended, settled, someJobs } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

const ALL = "from=&to=";

test("an audit of nothing says so, and an audit that nothing matches says that", async t => {
  const portal = await startPortal(t);
  const empty = await portal.get("/audit");
  assert.equal(empty.status, 200);
  assert.match(empty.text, /No job has ended in these days\. Look at all that is there\. Or start one \./);
  assert.match((await portal.get("/audit?text=nowhere")).text, /No jobs match\. Widen the filter, or clear it \./);
  assert.match((await portal.get("/audit?view=activity&person=nobody")).text, /No events match\./);
});

test("figures, days and list tell of the same jobs, without those that only ask", async t => {
  const portal = await startPortal(t);
  archiveAll(portal.layout, someJobs());
  await settled(portal);
  const { text, body } = await portal.get("/audit?from=2026-03-01&to=2026-03-31");
  assert.match(text, /Jobs that ended from 2026-03-01 to 2026-03-31 \(UTC\)\. Checks and plans are left out\./);
  assert.match(text, /4 jobs 2 people 2 ✓ Succeeded 50% of all 1 ✕ Failed 25% of all 1 ⊘ Cancelled 25% of all/);
  assert.match(text, /5 tables 1 failed/);
  assert.match(text, /3 proven equal 0 agree, 1 not checked, none differs/);
  assert.match(body, /title="36,028,797,018,963,972"/);
  assert.match(text, /36,029T rows 5\.0 KB moved/);
  assert.match(text, /2026-03-03: 2, 1 failed/);
  assert.match(text, /2026-03-04: 0/);
  assert.equal(body.match(/<rect class="bad"/g)?.length, 1);
  const list = body.slice(body.indexOf("<tbody>"), body.indexOf("</tbody>"));
  const hrefs = [...list.matchAll(/href="\/jobs\/[^"]*Z-([a-z-]+)-[^"-]+"/g)].map(([, type]) => type);
  const listed = ["register-snowflake", "migrate-iceberg", "ingest-hive", "ingest-hive"];
  assert.deepEqual(hrefs, listed);
  assert.match((await portal.get(`/audit?${ALL}&type=all`)).text, /checks and plans too\..* 5 jobs /);
});

test("a date that can't be read is told at its field, and the rest of the filter stays", async t => {
  const portal = await startPortal(t);
  const { status, body, text } = await portal.get("/audit?from=yesterday&to=2026-03-31&person=ada");
  assert.equal(status, 422);
  assert.match(text, /From "yesterday" is no date: write 2026-11-23/);
  assert.match(body, /name="from" value="yesterday"[^>]*aria-invalid="true"/);
  assert.match(body, /name="person" value="ada"/);
});

test("every filter narrows figures and list alike, and stands above them as a sentence", async t => {
  const portal = await startPortal(t);
  archiveAll(portal.layout, someJobs());
  await settled(portal);
  const expected: [query: string, jobs: number, words: string][] = [
    ["type=ingest-hive", 2, "at any time, of type ingest-hive."],
    ["state=failed", 1, "at any time, that failed."],
    ["person=grace", 2, "at any time, of grace."],
    ["table=lake.sales_iceberg.items", 1, "at any time, with “lake.sales_iceberg.items” in a table's name."],
    ["text=TICKET", 1, "at any time, with “TICKET” somewhere."],
    ["type=check-archive", 1, "at any time, of type check-archive."],
    ["state=failed&person=ada", 0, "at any time, that failed, of ada."],
  ];
  for (const [query, jobs, words] of expected) {
    const { text } = await portal.get(`/audit?${ALL}&${query}`);
    assert.ok(text.includes(`Jobs that ended ${words}`), `${query}: ${text.slice(0, 900)}`);
    assert.match(text, new RegExp(` ${jobs} jobs? `), query);
  }
  const march = await portal.get("/audit?from=2026-03-03&to=2026-03-03");
  assert.match(march.text, /from 2026-03-03 to 2026-03-03 \(UTC\).* 2 jobs /);
});

test("without a date it is about the last 30 days, and the charts have a bar for each", async t => {
  const portal = await startPortal(t);
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  archiveAll(portal.layout, [ended("ingest-hive", day(31), {}), ended("ingest-hive", day(28), {})]);
  await settled(portal);
  const { text, body } = await portal.get("/audit");
  assert.match(text, new RegExp(`from ${day(29)} until now \\(UTC\\).* 1 jobs? `));
  assert.equal(body.match(/<rect class="ghost"/g)?.length, 60);
});

test("the tables of the jobs are a view of their own", async t => {
  const portal = await startPortal(t);
  archiveAll(portal.layout, someJobs());
  await settled(portal);
  const all = await portal.get(`/audit?${ALL}&view=tables`);
  assert.match(
    all.text,
    /hive\.sales\.returns → lake\.sales_iceberg\.returns no such column ✕ Failed ingest-hive grace/,
  );
  const skipped = await portal.get(`/audit?${ALL}&view=tables&outcome=failed`);
  assert.equal(skipped.body.match(/<td data-label="Outcome">/g)?.length, 1);
});

test("what people did is a view of its own, with who, in which role and from where", async t => {
  const portal = await startPortal(t);
  await portal.post("/audit/check");
  const { text } = await portal.get("/audit?view=activity&action=start");
  assert.match(text, /test-operator operator, from 127\.0\.0\.1 start Check the archive and make the report anew/);
  assert.doesNotMatch((await portal.get("/audit?view=activity&action=role")).text, /test-operator operator, from/);
});

test("what was done at a terminal stands in the activity, with how it came", async t => {
  const portal = await startPortal(t);
  const id = newId("export-audit");
  submitAs(
    { layout: portal.layout, by: "ada", via: "command" },
    id,
    { type: "export-audit", parameters: {} },
    "Export",
  );
  assert.match((await portal.get("/audit?view=activity")).text, /ada by command start Export/);
  const [head, line] = (await portal.get("/audit.csv?view=activity")).body.trimEnd().split("\n");
  assert.equal(head, "at,by,role,from,what,job,about,detail,via");
  assert.match(line ?? "", new RegExp(`,ada,,,start,${id},Export,,command$`));
});

test("pages go back and forth without losing or repeating a job", async t => {
  const portal = await startPortal(t);
  const records = archiveAll(
    portal.layout,
    Array.from({ length: 5 }, (_, i) => ended("ingest-hive", `2026-03-0${i + 1}`, {})),
  );
  await settled(portal);
  const idsOn = (body: string) => records.filter(({ id }) => body.includes(`/jobs/${id}"`)).map(({ id }) => id);
  const link = (body: string, rel: string) =>
    new RegExp(`rel="${rel}" href="([^"]+)"`).exec(body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const first = await portal.get(`/audit?${ALL}&rows=2`);
  const second = await portal.get(link(first.body, "next"));
  const third = await portal.get(link(second.body, "next"));
  const ids = [first, second, third].map(({ body }) => idsOn(body));
  assert.deepEqual(ids.flat().sort(), records.map(({ id }) => id).sort());
  assert.equal(link(third.body, "next"), "");
  const back = await portal.get(link(third.body, "prev"));
  assert.deepEqual(idsOn(back.body), ids[1]);
});

test("a date or a place that is none is refused with a sentence", async t => {
  const portal = await startPortal(t);
  for (const query of ["from=yesterday", "to=2026-13-45", "before=nonsense", "after=x_y"]) {
    const { status, text } = await portal.get(`/audit?${query}`);
    assert.equal(status, 422, query);
    assert.match(text, /is no date|names no place/);
  }
});

test("centuries without jobs are no bars, and no work", async t => {
  const portal = await startPortal(t);
  archiveAll(portal.layout, someJobs());
  await settled(portal);
  const { text, body } = await portal.get("/audit?from=0001-01-01&to=9999-12-31");
  assert.match(text, / 4 jobs .*2026-03-02: 1 .*2026-03-05: 1/);
  assert.equal(body.match(/<rect class="ghost"/g)?.length, 8);
  assert.equal((await portal.get("/audit?from=0001-01-01&to=9999-12-31&text=nowhere")).status, 200);
});

test("a job that has ended since is there with the next look, though a page is drawn once for all who look", async t => {
  const portal = await startPortal(t);
  const [first] = archiveAll(portal.layout, [ended("ingest-hive", "2026-03-02", {})]);
  await settled(portal);
  assert.match((await portal.get(`/audit?${ALL}`)).text, / 1 jobs? /);
  const second = archive(portal.layout, first, ended("ingest-hive", "2026-03-03", { submittedBy: "grace" }));
  appendAudit(portal.layout, second);
  const { text, body } = await portal.get(`/audit?${ALL}`);
  assert.match(text, / 2 jobs? 2 people/);
  assert.ok(body.includes(`/jobs/${second.id}"`));
  const other = await portal.get(`/audit?${ALL}`, { cookie: portal.cookieOf("viewer") });
  assert.match(other.text, /for test-viewer\. .* 2 jobs? 2 people/);
  assert.doesNotMatch(other.text, /Verify archive and rebuild report/);
});

test("hostile texts are shown as texts", async t => {
  const portal = await startPortal(t);
  const evil = "<script>alert(1)</script>";
  const tables = [{ ...someJobs()[2]!.tables![0]!, table: `hive.sales.${evil}`, target: `lake.s."${evil}` }];
  archiveAll(portal.layout, [
    ended("ingest-hive", "2026-03-02", { note: evil, submittedBy: evil, file: evil, tables }),
  ]);
  await settled(portal);
  for (const view of ["jobs", "tables", "activity"]) {
    const { body, status } = await portal.get(`/audit?${ALL}&view=${view}&text=${encodeURIComponent(evil)}`);
    assert.equal(status, 200);
    assert.ok(!body.includes(evil), view);
  }
});
