import assert from "node:assert/strict";
import { closeSync, openSync, writeSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { logFile } from "../../../../core/store/layout.ts";
import { endedJob } from "../../log-files.ts";
import { startPortal } from "../../portal.ts";

const MB = 1024 * 1024;
const SIZE = 300 * MB;

test("a log of 300 MB is opened, searched and stepped through with a bounded memory", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "");
  writeLarge(logFile(portal.layout, id, 1));
  await portal.get(`/jobs/${endedJob(portal.layout, "small\n")}/log`);
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  t.after(() => clearInterval(watch));
  const page = await portal.get(`/jobs/${id}/log`);
  assert.match(page.text, /the last line of all This is the end\./);
  assert.match(page.text, /in the first 2\.\d MB/);
  assert.ok(page.body.length < 2 * MB, `${page.body.length}`);
  const error = await portal.get(`/jobs/${id}/log?go=next-error`);
  const there = await portal.get((error.location ?? "").split("#")[0] ?? "");
  assert.match(there.body, /class="error marked"[^>]*>.*in the midst of it/);
  const found = await portal.get(`/jobs/${id}/log?find=midst`);
  assert.match(found.text, /1 match so far · searched \d+ MB of 316 MB · Go on/);
  await portal.get(`/jobs/${id}/log?find=nowhere`);
  const grown = (most - before) / MB;
  console.log(`${grown.toFixed(0)} MB more at most`);
  assert.ok(grown < 120, `${grown.toFixed(0)} MB`);
});

test("the numbers of a large log come once its lines have been counted", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "");
  const lines = writeLarge(logFile(portal.layout, id, 1));
  let page = await portal.get(`/jobs/${id}/log`);
  assert.match(page.body, /<li id="B\d+"[^>]*><a href="[^"]*at=\d+#B\d+" data-uncounted aria-label="this line">·/);
  while (page.body.includes("data-uncounted")) {
    await pause(200);
    page = await portal.get(`/jobs/${id}/log`);
    assert.equal(page.status, 200, page.text);
  }
  assert.match(page.body, new RegExp(`<li id="L${lines}".*the last line of all`));
});

// Gives how many lines it has.
function writeLarge(path: string): number {
  const one = `2026-11-24T10:00:00.000Z hive.sales.orders: copy 1 of 2 tasks ${"x".repeat(60)}\n`;
  const many = Buffer.from(one.repeat(Math.floor(MB / one.length)));
  const file = openSync(path, "w");
  let lines = 0;
  for (let written = 0; written < SIZE; ) {
    written += writeSync(file, many);
    lines += many.length / one.length;
    if (written > SIZE / 2 && written - many.length <= SIZE / 2) {
      written += writeSync(file, "2026-11-24T10:00:00.000Z ERROR in the midst of it\n");
      lines += 1;
    }
  }
  writeSync(file, "2026-11-24T10:00:00.000Z the last line of all\n");
  closeSync(file);
  return lines + 1;
}
