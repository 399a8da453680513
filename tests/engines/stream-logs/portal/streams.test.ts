import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import { rebuildAudit } from "../../../../core/audit/rebuild.ts";
import { newId } from "../../../../core/jobs/id.ts";
import { cancelFile } from "../../../../core/store/cancel.ts";
import { listQueued } from "../../../../core/store/jobs-on-disk.ts";
import { runningFiles } from "../../../../core/store/layout.ts";
import { archive } from "../../../core/audit/archive.ts";
import { startPortal, type TestPortal } from "../../../server/portal.ts";
import { beats, runs, tells } from "../../../server/streamed.ts";

const HEALTHY = { linesPerSecond: 500, lagLines: 1200, lagSeconds: 2.4, badLines: 3, lines: 50_000, batch: 7 };

test("without a stream the page says what one is, and offers the sample to whoever may start it", async t => {
  const portal = await startPortal(t);
  const { text, body } = await portal.get("/streams");
  assert.match(text, /No stream yet\. A stream follows a Kafka topic/);
  assert.match(body, /action="\/streams\/sample"/);
  assert.match(text, /No worker is running: what is started waits for one/);
});

test("a stream is listed with its rate, its lag, its bad lines and its last progress", async t => {
  const portal = await startPortal(t);
  const { layout } = portal;
  const id = runs(layout, "stream-logs", { topic: "web.logs", format: "access" });
  assert.match((await portal.get("/streams")).text, /web\.logs → lake\.streams\.web_logs ! No worker/);
  for (const linesPerSecond of [400, 480, 500])
    tells(layout, id, { ...HEALTHY, linesPerSecond, lastProgressAt: new Date().toISOString() });
  const { text, body } = await portal.get("/streams");
  assert.match(text, /500 1,200 2\.4 s 50,000 3 bad now Stop/);
  assert.match(body, /Lines per second of web\.logs: from 400 to 500/);
  assert.match(body, /hx-trigger="every 2s"/);
});

test("what a stream waits for is said where it is listed and on its own page", async t => {
  const portal = await startPortal(t);
  const { layout } = portal;
  const id = runs(layout, "stream-logs", { topic: "logs" });
  const waitingFor = "a Kafka broker: none answers at 127.0.0.1:9";
  beats(layout);
  tells(layout, id, { ...HEALTHY, waitingFor });
  assert.match((await portal.get("/streams")).text, /○ Queued for a Kafka broker: none answers at 127\.0\.0\.1:9/);
  assert.match((await portal.get("/streams/logs")).text, /Queued for a Kafka broker: none answers/);
  tells(layout, id, { ...HEALTHY, lastProgressAt: new Date(Date.now() - 600_000).toISOString() });
  assert.match((await portal.get("/streams")).text, /! Stands still for 10 min: no batch was written\./);
  tells(layout, id, { ...HEALTHY, lastProgressAt: new Date().toISOString() });
  assert.match((await portal.get("/streams")).text, /● Running/);
  // A last line that is not whole yet hides nothing.
  assert.match((await portal.get("/streams/logs")).text, /50,000 lines read/);
});

test("streams that have ended stay, say how, and start again as they were", async t => {
  const portal = await startPortal(t);
  const failed = { message: "lake.streams.a holds the lines of the topic b." };
  const first = archive(portal.layout, undefined, {
    ...{ type: "stream-logs", parameters: { topic: "done", format: "access", trigger: 10 }, tables: [] },
  });
  archive(portal.layout, first, {
    ...{ type: "stream-logs", parameters: { topic: "a", table: "streams.a" }, tables: [] },
    ...{ status: "failed", error: failed },
  });
  rebuildAudit(portal.layout);
  await portal.portal.index.reconcile();
  const { text } = await portal.get("/streams");
  assert.match(text, /done → lake\.streams\.done ⊘ Stopped/);
  assert.match(text, /a → lake\.streams\.a ✕ Failed lake\.streams\.a holds the lines of the topic b\./);
  const fields = { topic: "done", format: "access", trigger: "10", summarize: "on" };
  const again = await portal.post("/streams", fields);
  assert.equal(again.status, 303);
  assert.deepEqual(queuedIn(portal), [
    { type: "stream-logs", parameters: { topic: "done", format: "access", trigger: 10 } },
    { type: "summarize-requests", parameters: { topic: "done", everyMinutes: 1 } },
  ]);
  // Its statistics are on their way: the button brings them along, once.
  await portal.post("/streams", fields);
  assert.equal(queuedIn(portal).filter(({ type }) => type === "summarize-requests").length, 1);
  assert.match((await portal.get("/streams")).text, /1 of 2 streams running/);
  assert.match((await portal.get("/streams")).text, /done → lake\.streams\.done ○ Queued for a worker/);
});

test("the sample is a stream, a replay and its statistics, and a second click starts nothing twice", async t => {
  const portal = await startPortal(t);
  const started = await portal.post("/streams/sample");
  assert.deepEqual([started.status, started.location], [303, "/streams/sample-logs"]);
  const wanted = [
    { type: "replay-logs", parameters: { file: "sample", topic: "sample-logs", linesPerSecond: 500 } },
    { type: "stream-logs", parameters: { topic: "sample-logs" } },
    { type: "summarize-requests", parameters: { topic: "sample-logs", everyMinutes: 1 } },
  ];
  assert.deepEqual(queuedIn(portal).toSorted(byType), wanted);
  await portal.post("/streams/sample");
  assert.deepEqual(queuedIn(portal).toSorted(byType), wanted);
  const { text } = await portal.get("/streams");
  assert.match(text, /sample → sample-logs ○ Queued for a worker 500\/s/);
});

test("a stream that waits to be tried again says when, and what it had failed with", async t => {
  const { get, layout } = await startPortal(t);
  beats(layout);
  const id = newId("stream-logs");
  writeFileSync(
    join(layout.queue, `${id}.json`),
    JSON.stringify({ id, type: "stream-logs", parameters: { topic: "a" } }),
  );
  const origin = { via: "portal", submittedBy: "anna", submittedAt: new Date().toISOString() };
  const retry = { used: 1, closes: 1, notBefore: "2026-11-25T09:30:00.000Z", origin, trusted: true };
  writeFileSync(runningFiles(layout, id).retry, JSON.stringify(retry));
  tells(layout, id, { event: "finished", exitCode: 3, error: { message: "Spark was lost." } });
  assert.match((await get("/streams")).text, /○ Queued to be tried again at 09:30 UTC: Spark was lost\./);
});

test("a stream is stopped in a person's name, once, and what has ended is not", async t => {
  const portal = await startPortal(t);
  const id = runs(portal.layout, "stream-logs", { topic: "logs" });
  const stopped = await portal.post("/streams/stop", { job: id });
  assert.deepEqual([stopped.status, stopped.location], [303, "/streams/logs"]);
  assert.ok(existsSync(cancelFile(portal.layout, id)));
  assert.equal(readAuditEvents(portal.layout).at(-1)?.by, "test-operator");
  assert.match((await portal.get("/streams")).text, /stopping/);
  const other = runs(portal.layout, "ingest-hive", { database: "sales" });
  assert.equal((await portal.post("/streams/stop", { job: other })).status, 409, "other jobs have a page of their own");
  assert.equal((await portal.post("/streams/stop", { job: "nothing" })).status, 409);
});

test("what is wrong in a form is refused with every reason, and nothing is queued", async t => {
  const portal = await startPortal(t);
  const wrong = await portal.post("/streams", { topic: "no blanks", trigger: "0" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Expected the name of a Kafka topic/);
  assert.match(wrong.body, /name="trigger"[^>]*aria-invalid="true"/);
  assert.equal((await portal.post("/streams", { topic: "a", trigger: "often" })).status, 422);
  assert.deepEqual(listQueued(portal.layout), []);
});

test("two streams of one topic are told apart by their tables, and a topic nobody follows is not found", async t => {
  const portal = await startPortal(t);
  for (const table of ["lake.x.one", "lake.x.two"]) runs(portal.layout, "stream-logs", { topic: "t", table });
  const { body } = await portal.get("/streams");
  for (const table of ["lake.x.one", "lake.x.two"]) assert.ok(body.includes(`href="/streams/t?table=${table}"`), table);
  assert.match(
    (await portal.get("/streams/t?table=lake.x.two")).text,
    /Table lake\.x\.two Also written into lake\.x\.one/,
  );
  assert.equal((await portal.get("/streams/t?table=lake.x.three")).status, 404);
  const none = await portal.get("/streams/unknown");
  assert.equal(none.status, 404);
  assert.match(none.text, /There is no stream of the topic unknown/);
});

test("where Spark is away the page of a stream says so, with everything that needs no Spark", async t => {
  const portal = await startPortal(t);
  const id = runs(portal.layout, "stream-logs", { topic: "logs" });
  tells(portal.layout, id, HEALTHY);
  const { status, text } = await portal.get("/streams/logs");
  assert.equal(status, 200);
  assert.match(text, /500 lines per second/);
  assert.match(text, /No Spark Connect server answered at 127\.0\.0\.1:1|being counted/);
  assert.equal((await portal.get("/streams/logs?from=yesterday")).status, 422);
});

test("a viewer sees streams and starts none", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const id = runs(portal.layout, "stream-logs", { topic: "logs" });
  tells(portal.layout, id, HEALTHY);
  for (const path of ["/streams", "/streams/logs"]) {
    const { body, status } = await portal.get(path);
    assert.equal(status, 200);
    assert.doesNotMatch(body, /method="post" action="\/streams/, path);
  }
  assert.equal((await portal.post("/streams/stop", { job: id })).status, 403);
  assert.equal((await portal.post("/streams", { topic: "a" })).status, 403);
});

test("the API lists the same streams, and answers with a sentence where their figures can't be had", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const id = runs(portal.layout, "stream-logs", { topic: "logs" });
  tells(portal.layout, id, HEALTHY);
  const { streams } = JSON.parse((await portal.get("/api/streams")).body);
  assert.equal(streams.length, 1);
  const { topic, table, job, running, linesPerSecond, lagLines, lines } = streams[0];
  assert.deepEqual(
    { topic, table, job, running, linesPerSecond, lagLines, lines },
    {
      topic: "logs",
      table: "lake.streams.logs",
      job: id,
      running: true,
      linesPerSecond: 500,
      lagLines: "1200",
      lines: "50000",
    },
  );
  const stats = await portal.get("/api/streams/logs/stats");
  assert.equal(stats.status, 503);
  assert.match(stats.body, /Spark/);
  assert.equal((await portal.get("/api/streams/none/stats")).status, 404);
  assert.equal((await portal.get("/api/streams/logs/stats?span=week")).status, 400);
});

function queuedIn({ layout }: TestPortal) {
  return listQueued(layout).map(({ file }) => ({ type: file?.type ?? "", parameters: file?.parameters }));
}

function byType(a: { type: string }, b: { type: string }): number {
  return a.type.localeCompare(b.type);
}
