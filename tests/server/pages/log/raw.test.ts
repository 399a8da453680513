import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../../core/jobs/id.ts";
import { runningFiles } from "../../../../core/store/layout.ts";
import { archive } from "../../../core/audit/archive.ts";
import { endedJob, lines, runningJob, writeEvents } from "../../log-files.ts";
import { startPortal } from "../../portal.ts";

test("a log is downloaded as it is, as text that no browser takes for a page", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const id = endedJob(portal.layout, "one\n", "<b>two</b>\r\n\x00\n");
  const file = await portal.get(`/jobs/${id}/log/raw?attempt=2`);
  assert.equal(file.status, 200);
  assert.equal(file.body, "<b>two</b>\r\n\x00\n");
  assert.equal(file.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(file.headers.get("x-content-type-options"), "nosniff");
  assert.equal(file.headers.get("content-disposition"), `attachment; filename="${id}.2.log"`);
  assert.equal((await portal.get(`/jobs/${id}/log/raw?attempt=1`)).body, "one\n");
  assert.equal((await portal.get(`/jobs/${endedJob(portal.layout)}/log/raw`)).status, 404);
});

test("a range of a log is sent where one is asked for", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "0123456789");
  const ask = (range: string, more = {}) => portal.get(`/jobs/${id}/log/raw`, { range, ...more });
  for (const [range, bytes, content] of [
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=8-", "89", "bytes 8-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=5-999", "56789", "bytes 5-9/10"],
  ] as const) {
    const part = await ask(range);
    assert.equal(part.status, 206, range);
    assert.equal(part.body, bytes, range);
    assert.equal(part.headers.get("content-range"), content, range);
  }
  for (const range of ["bytes=10-", "bytes=-0", "bytes=99-100"]) {
    const none = await ask(range);
    assert.equal(none.status, 416, range);
    assert.equal(none.headers.get("content-range"), "bytes */10");
  }
  for (const range of ["bytes=0-1,4-5", "lines=1-2", "bytes=x-", "bytes=-", "bytes=5-2"])
    assert.equal((await ask(range)).body, "0123456789", range);
  assert.equal((await ask("bytes=0-3", { "if-range": '"an old one"' })).status, 200);
});

test("the events and the proofs of a job are downloaded as lines of JSON", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(1));
  writeEvents(portal.layout, id, [
    { at: "2026-11-24T10:00:00.000Z", attempt: 1, event: "started", pid: 1, host: "here" },
  ]);
  const events = await portal.get(`/jobs/${id}/log/raw?view=events`);
  assert.match(events.body, /^\{"at":.*"started".*\}\n$/);
  const proofs = await portal.get(`/jobs/${id}/proofs/raw`);
  assert.equal(proofs.body, '{"verdict":"equal"}\n');
  assert.match(proofs.headers.get("content-type") ?? "", /^application\/x-ndjson/);
});

test("the record of a job is its archived one, and its job file as long as it has none", async t => {
  const portal = await startPortal(t);
  const record = archive(portal.layout);
  const ended = await portal.get(`/jobs/${record.id}/record`);
  assert.deepEqual(JSON.parse(ended.body), JSON.parse(JSON.stringify(record)));
  assert.equal(ended.headers.get("content-disposition"), `attachment; filename="${record.id}.json"`);
  assert.match(ended.headers.get("content-type") ?? "", /^application\/json/);
  const running = runningJob(portal.layout);
  assert.equal(JSON.parse((await portal.get(`/jobs/${running}/record`)).body).id, running);
  const queued = newId("ingest-hive");
  const name = 'weekly "load"\n.json';
  writeFileSync(join(portal.layout.queue, name), JSON.stringify({ type: "ingest-hive", id: queued }));
  const waiting = await portal.get(`/jobs/${queued}/record`);
  assert.equal(JSON.parse(waiting.body).id, queued);
  assert.equal(waiting.headers.get("content-disposition"), 'attachment; filename="weekly__load__.json"');
});

test("proofs of a job that runs are those so far, and none is no error of the portal", async t => {
  const portal = await startPortal(t);
  const id = runningJob(portal.layout);
  assert.equal((await portal.get(`/jobs/${id}/proofs/raw`)).status, 404);
  writeFileSync(runningFiles(portal.layout, id).proofs, '{"table":"a"}\n');
  assert.equal((await portal.get(`/jobs/${id}/proofs/raw`)).body, '{"table":"a"}\n');
});

test("a job file that is a link is not followed", async t => {
  const portal = await startPortal(t);
  const id = newId("ingest-hive");
  const secret = join(portal.layout.root, "secret.json");
  writeFileSync(secret, JSON.stringify({ type: "ingest-hive", id, note: "SECRET" }));
  symlinkSync(secret, join(portal.layout.queue, `${id}.json`));
  const { status, body } = await portal.get(`/jobs/${id}/record`);
  assert.equal(status, 404);
  assert.doesNotMatch(body, /SECRET/);
});
