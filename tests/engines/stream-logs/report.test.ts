import assert from "node:assert/strict";
import { test } from "node:test";
import type { NewEvent, StreamTotals } from "../../../core/jobs/events.ts";
import { streamReport } from "../../../engines/stream-logs/report.ts";

function reported() {
  let now = 0;
  const events: NewEvent[] = [];
  const report = streamReport(
    "kafka.t",
    () => ({ 0: 100 }),
    event => events.push(event),
    () => now,
  );
  return {
    events,
    ...report,
    wait: (seconds: number) => {
      now += seconds * 1000;
    },
    last: () => events.findLast(event => event.event === "progress") as Partial<StreamTotals> | undefined,
  };
}

test("a report tells lines, rate and lag, the lag by when the oldest waiting line was seen", () => {
  const { see, wait, last } = reported();
  const at = (next: number, end: number) => see({ batch: 1, consumed: { 0: next }, badLines: 2, ends: { 0: end } });
  at(100, 100);
  wait(5);
  at(100, 600);
  assert.deepEqual([last()?.lines, last()?.lagLines, last()?.lagSeconds], [0, 500, 0]);
  wait(5);
  at(400, 1_100);
  assert.deepEqual([last()?.lines, last()?.badLines, last()?.linesPerSecond], [300, 2, 30]);
  assert.deepEqual([last()?.lagLines, last()?.lagSeconds], [700, 5]);
  wait(5);
  at(1_100, 1_100);
  assert.deepEqual([last()?.lines, last()?.lagLines, last()?.lagSeconds], [1_000, 0, 0]);
});

test("what a stream waits for is told at once, with the figures that were known, and once", () => {
  const { see, waitFor, wait, last, events } = reported();
  see({ batch: 7, consumed: { 0: 150 }, badLines: 0, ends: { 0: 160 } });
  waitFor("a Kafka broker");
  waitFor("a Kafka broker");
  assert.deepEqual([last()?.waitingFor, last()?.lines, last()?.lagLines, last()?.batch], ["a Kafka broker", 50, 10, 7]);
  wait(1);
  waitFor(undefined);
  assert.equal(last()?.waitingFor, undefined);
  const notes = events.flatMap(event => (event.event === "note" ? [event.message] : []));
  assert.deepEqual(notes, ["waits for a Kafka broker", "goes on"]);
});

test("a stream of a year leaves some hundred thousand events, an idle one tells that it lives once a minute", () => {
  const { see, wait, events } = reported();
  const day = 86_400;
  for (let second = 0, lines = 0; second < 8 * day; second += 5) {
    wait(5);
    lines += 1;
    see({ batch: lines, consumed: { 0: 100 + lines }, badLines: 0, ends: { 0: 100 + lines } });
  }
  const week = events.length;
  assert.ok(week > 10_000 && week < 45_000, `${week} events in eight days`);
  for (let second = 0; second < day; second += 5) {
    wait(5);
    see({ batch: 1, consumed: { 0: 100 }, badLines: 0, ends: { 0: 100 } });
  }
  const idle = events.length - week;
  assert.ok(idle >= 1_430 && idle <= 1_445, `${idle} events in a day without a line`);
});
