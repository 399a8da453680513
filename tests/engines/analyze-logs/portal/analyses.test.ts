import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../../core/jobs/id.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { logFile } from "../../../../core/store/layout.ts";
import { archive, outcome } from "../../../core/audit/archive.ts";
import { startPortal, type TestPortal } from "../../../server/portal.ts";
import { demoAnalysis } from "../../analysis.ts";

const LOGS = { type: "analyze-logs", parameters: { files: ["access.log", "syslog"] }, submittedBy: "test-operator" };

/** Analyses in the archive, the oldest first, each with figures of its own. */
async function archived(portal: TestPortal, ...all: Partial<JobRecord>[]): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  for (const [i, given] of all.entries()) {
    const at = new Date(Date.now() - (all.length - i) * 60_000);
    const times = { submittedAt: at.toISOString(), startedAt: at.toISOString(), finishedAt: at.toISOString() };
    const tables = [{ ...outcome("logs"), analysis: demoAnalysis(i) }];
    records.push(
      archive(portal.layout, records.at(-1), { ...LOGS, id: newId("analyze-logs", at), ...times, tables, ...given }),
    );
  }
  await portal.portal.index.reconcile();
  return records;
}

function queued(portal: TestPortal): { type: string; parameters: Record<string, unknown> }[] {
  const names = readdirSync(portal.layout.queue).filter(name => name.endsWith(".json"));
  return names.map(name => JSON.parse(readFileSync(join(portal.layout.queue, name), "utf8")));
}

test("a person sees their own analyses, or those of all, with the figures of each", async t => {
  const portal = await startPortal(t);
  assert.match((await portal.get("/analyses")).text, /You have analysed no log yet\. Drop log files above/);
  await archived(portal, {}, { submittedBy: "ben", parameters: { files: ["theirs.log"] } });
  const mine = (await portal.get("/analyses")).text;
  const { lines } = demoAnalysis(0);
  assert.match(mine, new RegExp(`access\\.log and syslog .*${Number(lines).toLocaleString("en")}.*2 alerts`));
  assert.doesNotMatch(mine, /theirs\.log/);
  assert.match((await portal.get("/analyses?who=all")).text, /theirs\.log .* by ben/);
});

test("an analysis is there without Spark: figures, charts, alerts, what was not understood; HTML in lines stays text", async t => {
  const portal = await startPortal(t);
  const [record] = await archived(portal, {});
  const { text, body, status } = await portal.get(`/analyses/${record?.id}`);
  assert.equal(status, 200);
  const errors = Number(demoAnalysis(0).levels.error) + Number(demoAnalysis(0).levels.critical);
  assert.match(text, new RegExp(`2 alerts ${errors} errors, more than 100`));
  assert.match(text, /37 unparsed lines/);
  assert.match(text, /syslog Syslog \(RFC 3164\) error, failed or failure is an error/);
  assert.match(text, /9,120 .*<b>not a line<\/b> &amp; half of one/);
  assert.ok(!body.includes("<b>not a line") && !body.includes("<script>alert("));
  assert.match(body, /<svg class="histogram"[^>]*aria-label="Lines by level: most [\d,]+ lines/);
  assert.match(body, /data-brush="filters"/);
  assert.match(body, new RegExp(`href="/analyses/${record?.id}/reports/top_errors.csv"`));
});

test("while Spark is away a filter says so, and the figures of the whole still stand there", async t => {
  const portal = await startPortal(t);
  const [record] = await archived(portal, {});
  const path = `/analyses/${record?.id}`;
  const { text, body } = await portal.get(`${path}?level=error&level=critical&service=orders&to=2026-11-24T00:00`);
  assert.match(text, /127\.0\.0\.1:1 .* The figures of the whole are shown, without your filter\./);
  assert.match(text, /error rate/);
  // Each filter is a chip that can be taken off alone.
  assert.match(body, new RegExp(`href="${path}\\?to=[^"]*&amp;service=orders&amp;level=error"[^>]*title="critical"`));
  assert.match(body, /<input class="field" type="datetime-local" step="1" name="to" value="2026-11-24T00:00">/);
  const lines = await portal.get(`${path}/lines?level=error`);
  assert.equal(lines.status, 200);
  assert.match(lines.text, /What was found is there all the same\./);
});

test("two analyses stand side by side, by what their records hold where Spark is away", async t => {
  const portal = await startPortal(t);
  const [a, b] = await archived(portal, {}, { parameters: { files: ["later.log"] } });
  const { text } = await portal.get(`/analyses/compare?of=${b?.id}&of=${a?.id}`);
  assert.match(text, /Figure later\.log access\.log and syslog Change .* Errors [\d,]+ [\d,]+ (▲ \+|▼ −)[\d,]+/);
  assert.match(text, /most frequent errors of each\. What differs most .* GET \/api\/orders\/<num> answered <num>/);
  assert.match((await portal.get(`/analyses/compare?a=${a?.id}`)).text, /Choose two analyses\./);
  assert.equal((await portal.get("/analyses/compare?a=nothing")).status, 404);
});

test("what a form says becomes the job: files that come with it, places, format, year, thresholds", async t => {
  const portal = await startPortal(t);
  const form = new FormData();
  const fields = {
    places: "/var/log/app/*.log\r\nhdfs:///logs",
    format: "syslog",
    year: "2025",
    errors: "5",
    errorRate: "",
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const name of ["a.log", "b.log"])
    form.append("file", new Blob([`2026-11-23 10:00:00,000 ERROR [main] x: ${name}\n`]), name);
  const headers = { cookie: portal.cookieOf("operator"), "sec-fetch-site": "same-origin" };
  const sent = await fetch(`${portal.url}/analyses`, { method: "POST", body: form, headers, redirect: "manual" });
  assert.equal(sent.status, 303, await sent.text());
  const to = sent.headers.get("location") ?? "";
  assert.match(
    (await portal.get(to)).text,
    /Queued .* Waiting for a free slot\. a\.log b\.log \/var\/log\/app\/\*\.log hdfs:\/\/\/logs/,
  );
  const files = ["a.log", "b.log", "/var/log/app/*.log", "hdfs:///logs"];
  const [job] = queued(portal);
  assert.deepEqual(job?.parameters, { files, format: "syslog", year: 2025, thresholds: { errors: 5 } });
  const none = await portal.post("/analyses/start", { places: " " });
  assert.deepEqual([none.status, /No log was chosen/.test(none.text)], [422, true]);
  assert.equal((await portal.post("/analyses/start", { uploaded: "a.log", timeZone: "Nowhere" })).status, 422);
});

test("the same is analysed again with its filters, and a newer one is offered on the page of the older", async t => {
  const portal = await startPortal(t);
  const [older] = await archived(portal, {}, {});
  assert.match((await portal.get(`/analyses/${older?.id}`)).text, /There is a newer analysis of the same/);
  const kept = await portal.get(`/analyses/${older?.id}?every=7`);
  assert.match(kept.body, /data-again="7"/);
  const again = await portal.post(`/analyses/${older?.id}/again`, { filters: "level=error", every: "7" });
  assert.match(again.location ?? "", /^\/analyses\/\w+-analyze-logs-\w+\?level=error&every=7$/);
  assert.deepEqual(queued(portal)[0]?.parameters, LOGS.parameters);
});

test("the log of any job is analysed from its page, by whoever may start something", async t => {
  const portal = await startPortal(t);
  const [record] = await archived(portal, {
    type: "ingest-hive",
    id: newId("ingest-hive"),
    tables: [outcome("orders")],
  });
  const id = record?.id ?? "";
  const path = logFile(portal.layout, id, 1);
  writeFileSync(path, "10:00:00 INFO it ran\n");
  assert.match((await portal.get(`/jobs/${id}/log`)).text, /Analyse this log/);
  const sent = await portal.post(`/jobs/${id}/log/analyse`, { attempt: "1" });
  assert.equal(sent.status, 303);
  assert.deepEqual(queued(portal)[0]?.parameters, { files: [path] });
  assert.equal((await portal.post(`/jobs/${id}/log/analyse`, { attempt: "2" })).status, 404);
  const viewer = await portal.get(`/jobs/${id}/log`, { cookie: portal.cookieOf("viewer") });
  assert.doesNotMatch(viewer.text, /Analyse this log/);
});

test("a viewer may look at everything and is shown no button", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const [record] = await archived(portal, {});
  for (const path of ["/analyses?who=all", `/analyses/${record?.id}`]) {
    const { body, status } = await portal.get(path);
    assert.equal(status, 200);
    const posts = [...body.matchAll(/<form[^>]*method="post"[^>]*action="([^"]*)"/g)].map(match => match[1]);
    assert.deepEqual(
      posts.filter(action => action !== "/logout"),
      [],
      path,
    );
  }
});

test("a filter that is none keeps what was typed, says why at its field, and leaves the figures where they are", async t => {
  const portal = await startPortal(t);
  const [record] = await archived(portal, {});
  const path = `/analyses/${record?.id}`;
  const wrong = await portal.get(`${path}?from=yesterday&text=kept`);
  assert.equal(wrong.status, 422);
  assert.match(wrong.body, /name="from" value="yesterday" aria-describedby="from-error" aria-invalid="true"/);
  assert.match(wrong.text, /"yesterday" is no time: write it as/);
  assert.match(wrong.body, /name="text" value="kept"/);
  assert.match(wrong.body, /<svg class="histogram"/);
  const backwards = await portal.get(`${path}?from=2026-11-02T00:00:00&to=2026-11-01T00:00:00`);
  assert.match(backwards.body, /name="to" value="2026-11-01T00:00:00" aria-describedby="to-error" aria-invalid="true"/);
  const status = await portal.get(`${path}?status=abc`);
  assert.match(status.text, /"abc" is no status/);
  const lines = await portal.get(`${path}/lines?to=never`);
  assert.equal(lines.status, 422);
  assert.match(lines.body, /name="to" value="never" aria-describedby="to-error" aria-invalid="true"/);
  // Without Spark the filter is told not to hold, and what was there stays.
  const away = await portal.get(`${path}?level=error`);
  assert.match(away.body, /<svg class="histogram"/);
});
