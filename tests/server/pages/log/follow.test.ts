import assert from "node:assert/strict";
import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { logFile, runningFiles } from "../../../../core/store/layout.ts";
import { archive } from "../../../core/audit/archive.ts";
import { endedJob, lines, runningJob } from "../../log-files.ts";
import { type Reply, startPortal } from "../../portal.ts";

test("a log that grows is followed by its offset: each whole line once, until its job has ended", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const id = runningJob(portal.layout);
  const path = logFile(portal.layout, id, 1);
  writeFileSync(path, lines(3));
  const page = await portal.get(`/jobs/${id}/log`);
  assert.match(page.body, /data-followed/);
  let next = followed(page, /data-end="(\d+)" data-file="([^"]+)"/);
  appendFileSync(path, "the fourth\nhalf of the fi");
  let more = await portal.get(`/jobs/${id}/log/more?from=${next.end}&file=${next.file}`);
  assert.match(more.body, /<li id="L4"[^>]*>.*the fourth/);
  assert.doesNotMatch(more.text, /half/);
  assert.match(more.text, /● Running/);
  next = followed(more);
  more = await portal.get(`/jobs/${id}/log/more?from=${next.end}&file=${next.file}`);
  assert.doesNotMatch(more.body, /<li/);
  appendFileSync(path, "fth\nfailed: it is over");
  endJob(portal.layout, id);
  more = await portal.get(`/jobs/${id}/log/more?from=${next.end}&file=${next.file}`);
  assert.match(more.text, /5 half of the fifth 6 failed: it is over ✕ 1 error 0 warnings .*✕ Failed/);
  assert.match(more.body, /data-ended/);
});

test("a following page goes on with a portal that was started anew", async t => {
  const first = await startPortal(t);
  const id = runningJob(first.layout);
  const path = logFile(first.layout, id, 1);
  writeFileSync(path, lines(3));
  const next = followed(await first.get(`/jobs/${id}/log`), /data-end="(\d+)" data-file="([^"]+)"/);
  const second = await startPortal(t, { root: first.layout.root });
  appendFileSync(path, "the fourth\n");
  const more = await second.get(`/jobs/${id}/log/more?from=${next.end}&file=${next.file}`);
  assert.match(more.body, /<li id="L4"[^>]*>.*the fourth/);
});

test("a log that was not there yet is followed from its first line", async t => {
  const portal = await startPortal(t);
  const id = runningJob(portal.layout);
  const before = await portal.get(`/jobs/${id}/log/more?from=0`);
  assert.equal(before.status, 200);
  assert.doesNotMatch(before.body, /data-ended|<li/);
  writeFileSync(logFile(portal.layout, id, 1), "$ node engines/run.ts\n");
  assert.match((await portal.get(`/jobs/${id}/log/more?from=0`)).body, /<li id="L1".*engines\/run\.ts/);
});

test("a log that was written anew is told and shown from its beginning", async t => {
  const portal = await startPortal(t);
  const id = runningJob(portal.layout);
  const path = logFile(portal.layout, id, 1);
  writeFileSync(path, lines(50));
  const next = followed(await portal.get(`/jobs/${id}/log`), /data-end="(\d+)" data-file="([^"]+)"/);
  writeFileSync(`${path}.new`, "all new\n");
  renameSync(`${path}.new`, path);
  const more = await portal.get(`/jobs/${id}/log/more?from=${next.end}&file=${next.file}`);
  assert.match(more.body, /data-replaced/);
  assert.match(more.text, /The log was written anew: this is its beginning\. 1 all new/);
});

test("a flood is not sent whole: the newest of it, and a link to what was left out", async t => {
  const portal = await startPortal(t);
  const id = runningJob(portal.layout);
  const path = logFile(portal.layout, id, 1);
  writeFileSync(path, lines(3));
  const next = followed(await portal.get(`/jobs/${id}/log`), /data-end="(\d+)" data-file="([^"]+)"/);
  appendFileSync(path, lines(100_000));
  const more = await portal.get(`/jobs/${id}/log/more?from=${next.end}&file=${next.file}`);
  assert.ok(more.body.length < 8_000_000, `${more.body.length}`);
  assert.match(more.text, /3\.\d MB were left out here: .*Read them/);
  assert.match(more.text, /line 100000/);
  assert.match(more.body, new RegExp(`from=${next.end}"`));
});

test("another attempt that has begun is told to who follows the one before", async t => {
  const portal = await startPortal(t);
  const id = runningJob(portal.layout, 2);
  writeFileSync(logFile(portal.layout, id, 1), "one\n");
  writeFileSync(logFile(portal.layout, id, 2), "two\n");
  const more = await portal.get(`/jobs/${id}/log/more?attempt=1&from=4`);
  assert.match(more.text, /Attempt 2 is newer/);
  assert.doesNotMatch(more.body, /data-ended/);
});

test("a log that has ended is not followed", async t => {
  const portal = await startPortal(t);
  const page = await portal.get(`/jobs/${endedJob(portal.layout, lines(3))}/log`);
  assert.doesNotMatch(page.body, /data-followed/);
});

function endJob(layout: Parameters<typeof runningJob>[0], id: string): void {
  archive(layout, undefined, { id, status: "failed", exitCode: 1 });
  for (const path of [runningFiles(layout, id).job, runningFiles(layout, id).claim]) rmSync(path, { force: true });
}

function followed(
  { body }: Reply,
  pattern = /<div data-end="(\d+)" data-file="([^"]*)"/,
): { end: string; file: string } {
  const [, end = "", file = ""] = pattern.exec(body) ?? [];
  assert.ok(end);
  return { end, file };
}
