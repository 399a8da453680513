import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { eventShape } from "../../../core/jobs/events.ts";

import { jobOf } from "../../../core/jobs/job.ts";
import type { Claim } from "../../../core/jobs/running.ts";
import { settingsEnvironment } from "../../../core/settings.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { livingEngine } from "../../../core/store/engine-mark.ts";
import { eventsFile, layoutOf, runningFiles } from "../../../core/store/layout.ts";
import { readJson } from "../../../core/system/json.ts";
import { readLines } from "../../../core/system/ndjson.ts";
import { jobTypes } from "../../../engines/list.ts";
import { openLines } from "../../../engines/replay-logs/lines.ts";
import { paceOf } from "../../../engines/replay-logs/pace.ts";
import { findPosition, keepPosition } from "../../../engines/replay-logs/place.ts";
import { writeSampleLog } from "../../../engines/replay-logs/sample-log.ts";
import { retryFile } from "../../../engines/runner/retry.ts";
import { smallKafka } from "../../connectors/kafka/broker.ts";
import { readAll } from "../../connectors/kafka/read.ts";
import { temporaryFolder } from "../../laptop/processes.ts";
import { makeWorld, until, type World } from "../../worker/world.ts";

const { brokers, topics, kill, start } = await smallKafka();
const LINES = 30_000;
const NUMBERS = Array.from({ length: LINES }, (_, at) => `${at} some words of a line`);

/** A world whose worker sends a numbered file, and what it takes to look at it. */
function sending(t: TestContext, topic: string, given: { rate?: number; lines?: string[]; maxAttempts?: number } = {}) {
  const { rate, lines = NUMBERS, maxAttempts = 5 } = given;
  const folder = temporaryFolder(t);
  const file = join(folder, "numbers.log");
  writeFileSync(file, `${lines.join("\n")}\n`);
  const world = makeWorld(t, { KAFKA_BROKERS: brokers, FILES_FROM: folder });
  const environment = {
    ...settingsEnvironment(),
    DATA_DIR: world.layout.root,
    KAFKA_BROKERS: brokers,
    FILES_FROM: folder,
  };
  const worker = world.start({ types: jobTypes, engineCommand: [process.execPath, "engines/run.ts"], environment });
  const id = world.submit("replay-logs", { file, topic, ...(rate && { linesPerSecond: rate }) }, { maxAttempts });
  return { world, worker, id };
}

async function sent(topic: string, atLeast: number): Promise<number> {
  for (;;) {
    const ends = (await topics.partitions(topic)) === undefined ? {} : await topics.ends(topic);
    const lines = Object.values(ends).reduce((sum, end) => sum + end, 0);
    if (lines >= atLeast) return lines;
  }
}

function killEngine({ layout }: World, id: string): void {
  const claim = readJson<Claim>(runningFiles(layout, id).claim);
  const engine = claim && livingEngine(layout, claim);
  assert.ok(engine, "no engine is at work");
  process.kill(engine.pid, "SIGKILL");
}

async function everyLineOnce(topic: string): Promise<void> {
  const found = await readAll(brokers, topics, topic);
  const all = Object.values(found).flat();
  assert.equal(all.length, LINES);
  assert.equal(new Set(all).size, LINES);
  for (const lines of Object.values(found)) {
    const numbers = lines.map(line => Number.parseInt(line, 10));
    assert.ok(
      numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0)),
      "lines are out of order",
    );
  }
}

test("engine and broker are killed in mid-replay: the topic is made, and every line is there once and in order", async t => {
  const { world, worker, id } = sending(t, "killed", { rate: 6000 });
  await sent("killed", 4000);
  killEngine(world, id);
  const before = await sent("killed", 9000);
  assert.ok(before < LINES, "all was sent before the broker was killed");
  await kill();
  const events = () => readLines(eventsFile(world.layout, id), eventShape);
  await until(() => events().some(event => event.event === "progress" && /Kafka/.test(event.waitingFor ?? "")));
  await start();
  await worker.idle();
  const record = world.record(id);
  assert.deepEqual([record?.status, record?.attempts.length, record?.tables[0]?.rows], ["succeeded", 2, String(LINES)]);
  assert.equal(record?.tables[0]?.proof?.verdict, "agrees");
  await everyLineOnce("killed");
  const last = events().findLast(event => event.event === "progress");
  assert.ok(last?.event === "progress" && last.lines !== undefined && last.total === LINES && !last.waitingFor);
});

test("a replay that was stopped goes on at its line when it is retried", async t => {
  const { world, worker, id } = sending(t, "stopped", { rate: 6000 });
  await sent("stopped", 5000);
  requestCancel(world.layout, id, { by: "ben", at: new Date().toISOString() });
  await worker.idle();
  const record = world.record(id);
  assert.equal(record?.status, "cancelled");
  const there = await sent("stopped", 0);
  assert.ok(there < LINES);
  const again = record && retryFile(record, "failed");
  assert.ok(again);
  const { type, parameters, ...envelope } = again;
  const second = world.submit(type, { ...parameters, linesPerSecond: undefined }, envelope);
  await worker.idle();
  assert.equal(world.record(second)?.status, "succeeded");
  await everyLineOnce("stopped");
});

test("a line that Kafka does not take fails the job with its number; what came before it is there", async t => {
  const { world, worker, id } = sending(t, "long", { lines: ["one", "two", "x".repeat(2_000_000)], maxAttempts: 1 });
  await worker.idle();
  const record = world.record(id);
  assert.equal(record?.status, "failed");
  assert.match(record?.error?.message ?? "", /^Line 3 was refused\. A line is longer than the topic long takes/);
  assert.equal(await sent("long", 0), 2);
});

test("what was all sent is not sent again by its own job, but is by a retry; a file that was changed is refused", t => {
  const folder = temporaryFolder(t);
  const path = join(folder, "a.log");
  writeFileSync(path, "one\n");
  const layout = layoutOf(folder);
  const job = (id: string, retryOf?: string) => ({
    ...jobOf(
      id,
      { type: "replay-logs", parameters: {} },
      {},
      { via: "command", submittedBy: "anna", submittedAt: "2026-11-25T00:00:00Z" },
    ),
    parameters: { file: path, topic: "t" },
    ...(retryOf && { retryOf }),
  });
  const fresh = findPosition(layout, job("a"), path, { 0: 7 });
  assert.deepEqual([fresh.line, fresh.byte, fresh.starts, fresh.key], [0, 0, { 0: 7 }, "a"]);
  keepPosition(layout, "a", { ...fresh, line: 1, byte: 4 });
  assert.deepEqual(findPosition(layout, job("b", "a"), path, { 0: 8 }), { ...fresh, line: 1, byte: 4 });
  keepPosition(layout, "a", { ...fresh, line: 1, byte: 4, complete: true });
  assert.equal(findPosition(layout, job("a"), path, { 0: 8 }).line, 1);
  const anew = findPosition(layout, job("b", "a"), path, { 0: 8 });
  assert.deepEqual([anew.line, anew.key, anew.complete], [0, "b", undefined]);
  writeFileSync(path, "another\n");
  assert.throws(
    () => findPosition(layout, job("a"), path, {}),
    /changed since 1 of its lines were sent: start a new job/,
  );
});

test("lines are read as they stand, from any place, packed or not", async t => {
  const folder = temporaryFolder(t);
  const long = "x".repeat(3_000_000);
  const text = `one\r\n\ntwo é\n${long}\nlast`;
  const expected = ["one", "", "two é", long, "last"];
  for (const [name, bytes] of [
    ["a.log", Buffer.from(text)],
    ["a.log.gz", gzipSync(text)],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const places = [{ line: 0, byte: 0 }];
    const whole = await openLines(path);
    const found: string[] = [];
    for (let chunk = await whole.next(1); chunk; chunk = await whole.next(1)) {
      found.push(...chunk.lines.map(String));
      places.push({ line: chunk.first + 1, byte: chunk.next });
    }
    assert.deepEqual(found, expected);
    for (const place of places) {
      const rest = await openLines(path, place);
      const left: string[] = [];
      for (let chunk = await rest.next(100); chunk; chunk = await rest.next(100)) left.push(...chunk.lines.map(String));
      assert.deepEqual(left, expected.slice(place.line));
      rest.close();
    }
    whole.close();
  }
});

test("a rate is kept, and what is late by more than a second is not caught up with", async () => {
  let now = 0;
  const pace = paceOf(100, () => now);
  const { signal } = new AbortController();
  const allowed = async () => {
    let lines = 0;
    for (let most = 0; most < 10_000; most++) {
      const stop = new AbortController();
      const next = pace.next(stop.signal);
      const got = await Promise.race([next, Promise.resolve().then(() => 0)]);
      stop.abort();
      await next.catch(() => undefined);
      if (got === 0) return lines;
      lines += got;
    }
    return lines;
  };
  assert.equal(signal.aborted, false);
  now = 500;
  assert.equal(await allowed(), 50);
  now = 1000;
  assert.equal(await allowed(), 50);
  now = 60_000;
  assert.equal(await allowed(), 100);
});

test("the sample is the same each time, its times go on, and its lines are those of a web server", async t => {
  const folder = temporaryFolder(t);
  const [one, two] = [join(folder, "one.log"), join(folder, "two.log")];
  const start = Date.UTC(2026, 0, 2);
  await writeSampleLog(one, 5000, { start });
  await writeSampleLog(two, 5000, { start });
  const text = readFileSync(one, "utf8");
  assert.equal(text, readFileSync(two, "utf8"));
  const lines = text.split("\n").slice(0, -1);
  assert.equal(lines.length, 5000);
  const shape =
    /^(\S+) - - \[(02|03)\/Jan\/2026:(\d\d:\d\d:\d\d) \+0000\] "[A-Z]+ \/usr\S* HTTP\/1\.0" \d{3} \d+ "-" "[^"]+" \d+$/;
  const parsed = lines.flatMap(line => shape.exec(line) ?? []).length / 4;
  assert.ok(parsed < 5000 && parsed > 4970, `${parsed} lines have the shape`);
  const times = lines.flatMap(line => shape.exec(line)?.slice(2, 4).join(" ") ?? []);
  assert.deepEqual(times, times.toSorted());
  for (const address of [/^10\./m, /^192\.168\./m, /^203\.0\.113\./m, /^2001:/m]) assert.match(text, address);
});
