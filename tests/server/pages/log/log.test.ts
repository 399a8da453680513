import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { newId } from "../../../../core/jobs/id.ts";
import { logFile } from "../../../../core/store/layout.ts";
import { endedJob, lines, runningJob, writeEvents } from "../../log-files.ts";
import { startPortal } from "../../portal.ts";

test("a log opens at its end, with its size, its age and how its job is", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const id = endedJob(portal.layout, lines(2000));
  const page = await portal.get(`/jobs/${id}/log`);
  assert.equal(page.status, 200);
  assert.match(page.text, /Log of Ingest 1 table from sales ✓ Succeeded/);
  assert.match(page.text, /69 KB · written (now|\d+s ago)/);
  assert.match(page.text, /line 2000 This is the end\. Lines 1,501 to 2,000/);
  assert.doesNotMatch(page.text, /line 1500 /);
  assert.match(page.body, /<div class="log viewer from-end"[^>]* role="log"[^>]* hx-ignore/);
});

test("every line has a number that is a link to it, and opens there with the line marked", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(2000));
  const page = await portal.get(`/jobs/${id}/log`);
  const href = /<li id="L1777"[^>]*><a href="([^"]+)">1,777</.exec(page.body)?.[1]?.replaceAll("&amp;", "&");
  assert.equal(href, `/jobs/${id}/log?attempt=1&line=1777#L1777`);
  const there = await portal.get(`/jobs/${id}/log?attempt=1&line=1000`);
  assert.match(
    there.body,
    /<li id="L1000" data-at="\d+" class="marked"><a [^>]*id="marked" aria-current="true">1,000</,
  );
  assert.match(there.text, /line 999 .*line 1000 .*line 1001 /);
  assert.doesNotMatch(there.body, /from-end/);
});

test("a line that the log has not is told, and the end is shown", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(20));
  const page = await portal.get(`/jobs/${id}/log?line=21`);
  assert.match(page.text, /The log has no line 21 so far: this is its end\./);
  assert.match(page.text, /line 20 /);
});

test("earlier and later lines are links; every line is on exactly one page on the way back and forth", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(1700));
  for (const [first, link] of [
    [`/jobs/${id}/log`, "Earlier lines"],
    [`/jobs/${id}/log?from=0`, "Later lines"],
  ] as const) {
    const seen: number[] = [];
    for (let path: string | undefined = first; path; ) {
      const page = await portal.get(path);
      seen.push(...Array.from(page.body.matchAll(/ line (\d+)<\/code>/g), found => Number(found[1])));
      path = new RegExp(`<a href="([^"]+)">${link}</a>`).exec(page.body)?.[1]?.replaceAll("&amp;", "&");
    }
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      Array.from({ length: 1700 }, (_, index) => index + 1),
    );
  }
});

test("attempts stand beside each other; the last one is shown first", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "the first try\n", "the second try\n");
  const last = await portal.get(`/jobs/${id}/log`);
  assert.match(last.text, /Attempt 1 Attempt 2 Events/);
  assert.match(last.text, /the second try/);
  const first = await portal.get(`/jobs/${id}/log?attempt=1`);
  assert.match(first.text, /the first try/);
  assert.match(first.text, /Attempt 2 is newer/);
  const none = await portal.get(`/jobs/${id}/log?attempt=3`);
  assert.equal(none.status, 404);
  assert.match(none.text, /There is no log of attempt 3\./);
});

test("what happened is a second view, a sentence an event", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "a line\n");
  const at = "2026-11-24T10:00:00.000Z";
  const outcome = { table: "hive.sales.orders", target: "lake.sales.orders", outcome: "failed", seconds: 2 } as const;
  writeEvents(portal.layout, id, [
    { at, attempt: 1, event: "started", pid: 7, host: "here" },
    { at, attempt: 1, event: "progress", table: "hive.sales.orders", step: "write", bytes: "2000000" },
    {
      at,
      attempt: 1,
      event: "table-ended",
      table: outcome.table,
      outcome: { ...outcome, error: { message: "The disk is full." } },
    },
    { at, attempt: 1, event: "finished", exitCode: null, signal: "SIGKILL" },
  ]);
  const page = await portal.get(`/jobs/${id}/log?view=events`);
  assert.match(page.text, /2026-11-24 10:00:00 UTC attempt 1 started: process 7 on here/);
  assert.match(page.text, /hive\.sales\.orders: write, 2\.0 MB read/);
  assert.match(page.text, /hive\.sales\.orders: failed, 2\.0 s: The disk is full\./);
  assert.match(page.text, /attempt 1 ended by SIGKILL/);
  assert.match(page.body, /class="error"[^>]*>.*The disk is full/);
});

test("a plan that is longer than a line can be shown is told, and what is no event stands as it is", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "a line\n");
  const at = "2026-11-24T10:00:00.000Z";
  const steps = Array.from({ length: 500 }, (_, index) => ({
    table: `hive.sales.t${index}`,
    target: "",
    action: "create",
  }));
  writeEvents(portal.layout, id, [{ at, attempt: 1, event: "planned", steps, parallel: 4 }]);
  assert.match((await portal.get(`/jobs/${id}/log?view=events`)).text, /planned: longer than what is shown/);
  writeFileSync(`${portal.layout.logs}/${id}.events.ndjson`, '{"at":7}\n<b>torn\n');
  assert.match((await portal.get(`/jobs/${id}/log?view=events`)).text, /\{"at":7\} .*<b>torn/);
});

test("a job that never had a log says so, and one that runs waits for its first line", async t => {
  const portal = await startPortal(t);
  const ended = await portal.get(`/jobs/${endedJob(portal.layout)}/log`);
  assert.equal(ended.status, 200);
  assert.match(ended.text, /There is no log Logs of jobs that have ended may be deleted\./);
  const running = await portal.get(`/jobs/${runningJob(portal.layout)}/log`);
  assert.match(running.text, /Nothing is written so far\. Refresh/);
  assert.match(running.body, /data-followed/);
  const nobody = await portal.get(`/jobs/${newId("ingest-hive")}/log`);
  assert.equal(nobody.status, 404);
});

test("the log of a job whose record is gone can still be read", async t => {
  const portal = await startPortal(t);
  const id = newId("ingest-hive");
  writeFileSync(logFile(portal.layout, id, 1), "all that is left\n");
  assert.match((await portal.get(`/jobs/${id}/log`)).text, /all that is left/);
});

test("an empty log, one line without an end, and bytes that are no text are shown as they are", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "", "no end");
  assert.match((await portal.get(`/jobs/${id}/log?attempt=1`)).text, /0 B .*This is the beginning\. This is the end\./);
  assert.match((await portal.get(`/jobs/${id}/log?attempt=2`)).text, /1 no end This is the end\./);
  writeFileSync(logFile(portal.layout, id, 1), Buffer.from([0xff, 0x00, 0x41, 0x0a]));
  assert.match((await portal.get(`/jobs/${id}/log?attempt=1`)).text, /1 �A This is the end/);
});

test("long lines wrap or do not, by an address that all others keep", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(3));
  const page = await portal.get(`/jobs/${id}/log`);
  assert.match(page.body, /<a class="button plain" href="[^"]*wrap=no">Don&#39;t wrap</);
  const wide = await portal.get(`/jobs/${id}/log?wrap=no`);
  assert.match(wide.body, /class="log viewer wide/);
  assert.match(wide.body, /href="[^"]*wrap=no&amp;line=2#L2"/);
});
