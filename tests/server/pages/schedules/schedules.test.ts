import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import type { JobFile } from "../../../../core/jobs/envelope.ts";
import type { Schedule } from "../../../../core/jobs/schedule.ts";
import { writeScheduleState } from "../../../../core/store/schedule-state.ts";
import { readJson } from "../../../../core/system/json.ts";
import { archive, outcome } from "../../../core/audit/archive.ts";
import { startPortal, type TestPortal } from "../../portal.ts";

const JOB = { type: "export-audit", parameters: { table: "NIGHTLY" } };
const NIGHTLY = { cron: "0 3 * * *", timeZone: "Europe/Berlin", job: JOB };

const fileOf = ({ layout }: TestPortal, name: string) => join(layout.schedules, `${name}.json`);
const write = (portal: TestPortal, name: string, schedule: object | string = NIGHTLY) =>
  writeFileSync(fileOf(portal, name), typeof schedule === "string" ? schedule : JSON.stringify(schedule));
const saved = (portal: TestPortal, name: string) => readJson<Schedule>(fileOf(portal, name));
const events = ({ layout }: TestPortal) =>
  readAuditEvents(layout).map(({ what, about, detail }) => [what, about, detail]);

test("without schedules the page says how to make the first", async t => {
  const { get } = await startPortal(t);
  const { status, text } = await get("/schedules");
  assert.equal(status, 200);
  assert.match(text, /No schedules yet.*Make the first one/);
});

test("the list tells when each comes, in words, by the clocks of its zone, and what came of it", async t => {
  const portal = await startPortal(t);
  write(portal, "nightly", { ...NIGHTLY, note: "for Vienna", submittedBy: "anna" });
  write(portal, "resting", { ...NIGHTLY, paused: true });
  const done = archive(portal.layout, undefined, { status: "failed", tables: [outcome("orders")] });
  const at = new Date().toISOString();
  const last = { id: done.id, planned: "2026-11-25T02:00:00.000Z", at };
  const skipped = { planned: at, times: 3, because: last.id };
  writeScheduleState(portal.layout, "nightly", { line: "", since: at, planned: at, last, skipped });
  const { text, body } = await portal.get("/schedules");
  assert.match(
    text,
    /nightly Export the audit to Snowflake \(NIGHTLY\) for Vienna at 03:00, every day 0 3 \* \* \* Europe\/Berlin/,
  );
  assert.match(text, /in \d+h \w{3} \d{4}-\d\d-\d\d 03:00 ✕ Failed \w+( ago)? for Wed 2026-11-25 03:00/);
  assert.match(text, /left out since: 3 times, for this job had not ended/);
  assert.match(text, /resting .* ⊘ Paused not yet/);
  assert.match(body, new RegExp(`href="/jobs/${last.id}"`));
  const one = await portal.get("/schedules/nightly");
  assert.equal([...one.text.matchAll(/\w{3} \d{4}-\d\d-\d\d 03:00 in /g)].length, 5);
  assert.match(one.text, /In the name of anna/);
});

test("a file that is wrong is told in a sentence, on both pages, and the others are as they were", async t => {
  const portal = await startPortal(t);
  write(portal, "typo", { ...NIGHTLY, crno: "x", timeZone: "Europe/Berln" });
  write(portal, "torn", '{ "cron": <b>');
  write(portal, "nightly");
  const { text, body } = await portal.get("/schedules");
  assert.match(
    text,
    /typo .*there is no time zone "Europe\/Berln", did you mean "Europe\/Berlin"\?.*crno: unknown key, did you mean "cron"\?/,
  );
  assert.match(text, /torn not JSON/);
  assert.doesNotMatch(body, /<b>/);
  assert.match(text, /nightly .* in \d+h/);
  const one = await portal.get("/schedules/typo");
  assert.match(one.text, /This file is wrong: nothing comes of it .*Mend schedules\/typo\.json/);
  const run = await portal.post("/schedules/typo/run");
  assert.equal(run.status, 409);
});

test("the form says what a line means before anything is made", async t => {
  const { get } = await startPortal(t);
  const { text } = await get("/new-schedule?cron=30+2,14+*+*+mon-fri&timeZone=Asia/Tokyo");
  assert.match(text, /At 02:30 and 14:30, Monday through Friday\. Next: \w{3} \d{4}-\d\d-\d\d (02|14):30, /);
  const wrong = await get("/new-schedule?cron=61+*+*+*+*");
  assert.match(wrong.text, /Not a valid cron line: invalid value for minute: 61\./);
});

test("a schedule is made by a form, in the name of who made it, and an audit event is kept", async t => {
  const portal = await startPortal(t);
  const form = { name: "nightly", cron: " 0 3 * * * ", timeZone: "Europe/Berlin", job: JSON.stringify(JOB), note: "" };
  const { status, location } = await portal.post("/schedules", form);
  assert.deepEqual([status, location], [303, "/schedules/nightly"]);
  assert.deepEqual(saved(portal, "nightly"), { ...NIGHTLY, submittedBy: "test-operator" });
  assert.match(
    (await portal.get("/schedules/nightly")).text,
    /nightly comes at 03:00, every day, by the clocks of Europe\/Berlin/,
  );
  assert.deepEqual(events(portal), [
    ["schedule", "nightly", "made: at 03:00, every day (Europe/Berlin), Export the audit to Snowflake (NIGHTLY)"],
  ]);
  const again = await portal.post("/schedules", form);
  assert.equal(again.status, 409);
  assert.match(again.text, /There is a schedule nightly already/);
});

test("what is wrong in a form stands beneath its field, and what was typed is still there", async t => {
  const portal = await startPortal(t);
  const form = { name: "../x", cron: "0 3 * *", timeZone: "Berlin", job: '{\n"type": "exprot-audit" }', note: "<i>" };
  const { status, text, body } = await portal.post("/schedules", form);
  assert.equal(status, 422);
  assert.match(text, /Letters, digits and \. _ - only/);
  assert.match(text, /expected five parts .* got 4\./);
  assert.match(text, /there is no time zone "Berlin"/);
  assert.match(text, /line 2, type: unknown type "exprot-audit", did you mean "export-audit"\?/);
  assert.match(body, /value="&lt;i&gt;"/);
  const empty = await portal.post("/schedules", { name: "x", cron: "0 3 * * *", timeZone: "UTC", job: "{}" });
  assert.equal(empty.status, 422);
  assert.deepEqual(events(portal), []);
});

test("a job that has ended is put on a schedule from its page", async t => {
  const portal = await startPortal(t);
  const record = archive(portal.layout, undefined, {
    type: "export-audit",
    tables: [],
    job: { ...JOB, id: "x", via: "portal" },
  });
  const page = await portal.get(`/jobs/${record.id}`);
  assert.match(page.body, new RegExp(`href="/new-schedule\\?from=${record.id}"`));
  const { body } = await portal.get(`/new-schedule?from=${record.id}`);
  assert.match(body, /NIGHTLY/);
  assert.doesNotMatch(body, /&quot;via&quot;/);
  assert.equal((await portal.get("/new-schedule?from=nobody")).status, 404);
});

test("pause and resume change nothing else, and whose it is stays", async t => {
  const portal = await startPortal(t);
  write(portal, "nightly", { ...NIGHTLY, submittedBy: "anna" });
  await portal.post("/schedules/nightly/pause", { back: "list" });
  assert.deepEqual(saved(portal, "nightly"), { ...NIGHTLY, submittedBy: "anna", paused: true });
  const { location } = await portal.post("/schedules/nightly/resume");
  assert.equal(location, "/schedules/nightly");
  assert.deepEqual(saved(portal, "nightly"), { ...NIGHTLY, submittedBy: "anna" });
  write(portal, "dropped");
  await portal.post("/schedules/dropped/pause");
  assert.equal(saved(portal, "dropped")?.submittedBy, userInfo().username);
  assert.deepEqual(
    events(portal).map(([, about, detail]) => `${about} ${detail}`),
    ["dropped paused", "nightly resumed", "nightly paused"],
  );
});

test("run now starts the job in the person's name, and not again before that one has ended", async t => {
  const portal = await startPortal(t);
  write(portal, "nightly", { ...NIGHTLY, submittedBy: "anna", paused: true });
  const { location } = await portal.post("/schedules/nightly/run");
  const id = location?.replace("/jobs/", "") ?? "";
  const job = readJson<JobFile>(join(portal.layout.queue, `${id}.json`));
  assert.deepEqual(
    [job?.type, job?.parameters, job?.submittedBy, job?.via, job?.note],
    ["export-audit", JOB.parameters, "test-operator", "portal", "schedule nightly"],
  );
  assert.match((await portal.get("/schedules")).text, /○ Queued now by hand/);
  const again = await portal.post("/schedules/nightly/run");
  assert.equal(again.status, 409);
  assert.match(again.text, /has not ended yet/);
});

test("a change is checked as a new one is, and deleting keeps what it said in the audit", async t => {
  const portal = await startPortal(t);
  write(portal, "nightly", { ...NIGHTLY, paused: true });
  const form = { cron: "0 4 * * *", timeZone: "UTC", job: JSON.stringify(JOB), note: "later" };
  assert.equal((await portal.post("/schedules/nightly", form)).status, 303);
  const { cron, paused, note, submittedBy } = saved(portal, "nightly") ?? {};
  assert.deepEqual([cron, paused, note, submittedBy], ["0 4 * * *", true, "later", "test-operator"]);
  assert.equal((await portal.post("/schedules/nightly", { ...form, cron: "never" })).status, 422);
  assert.equal((await portal.post("/schedules/nightly/delete")).location, "/schedules");
  assert.equal(existsSync(fileOf(portal, "nightly")), false);
  assert.match(events(portal)[0]?.join(" ") ?? "", /nightly deleted: .*"cron":"0 4 \* \* \*"/);
  const gone = await portal.post("/schedules/nightly/pause");
  assert.equal(gone.status, 404);
});

test("a name that leads elsewhere leads nowhere", async t => {
  const portal = await startPortal(t);
  mkdirSync(join(portal.layout.root, "secret"));
  writeFileSync(join(portal.layout.root, "secret", "x.json"), JSON.stringify(NIGHTLY));
  for (const name of ["..%2Fsecret%2Fx", "%2e%2e%2fsecret%2fx", ".state%2Fx", "x%00"]) {
    assert.equal((await portal.get(`/schedules/${name}`)).status, 404, name);
    assert.equal((await portal.post(`/schedules/${name}/delete`)).status, 404, name);
  }
  assert.match(readFileSync(join(portal.layout.root, "secret", "x.json"), "utf8"), /cron/);
});

test("a viewer sees schedules, and no way to change them", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  write(portal, "nightly");
  for (const path of ["/schedules", "/schedules/nightly"]) {
    const { body, text } = await portal.get(path);
    assert.match(text, /at 03:00, every day/);
    assert.doesNotMatch(body, /action="\/schedules/, path);
  }
  assert.equal((await portal.get("/new-schedule")).status, 403);
  assert.equal((await portal.post("/schedules/nightly/run")).status, 403);
});
