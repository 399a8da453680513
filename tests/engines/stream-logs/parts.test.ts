import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { refreshingCache } from "../../../engines/stream-logs/portal/refreshing-cache.ts";
import { bucketSeconds, fillBuckets } from "../../../engines/stream-logs/portal/statistics/buckets.ts";
import { spanIn, spansFor } from "../../../engines/stream-logs/portal/statistics/spans.ts";

test("a span of time has at most eighty stretches, and those without requests are there too", () => {
  for (const seconds of [0, 1, 79, 900, 3600, 86_400, 604_800, 31_536_000, 315_360_000]) {
    const stretch = bucketSeconds(seconds);
    assert.ok(seconds / stretch <= 80, `${seconds} s in stretches of ${stretch} s`);
  }
  assert.equal(bucketSeconds(900), 30);
  const times = fillBuckets(
    [
      { at: 120, requests: 3, errors: 1 },
      { at: 125, requests: 2, errors: 0 },
      { at: 310, requests: 1, errors: 0 },
    ],
    60,
  );
  assert.deepEqual(
    times.map(({ at, requests, errors }) => [at.slice(14, 19), requests, errors]),
    [
      ["02:00", 5, 1],
      ["03:00", 0, 0],
      ["04:00", 0, 0],
      ["05:00", 1, 0],
    ],
  );
  assert.deepEqual(fillBuckets([], 60), []);
});

test("an address names its span of time; a day that is the end is whole, and one place keeps the other's table", () => {
  const of = (text: string) => spanIn(new URLSearchParams(text));
  assert.equal(of("").isAll, true);
  assert.equal(of("span=1h").seconds, 3600);
  assert.equal(of("span=ever").isAll, true);
  assert.deepEqual(of("from=2026-11-24&to=2026-11-24").between, {
    from: "2026-11-24T00:00:00.000Z",
    to: "2026-11-25T00:00:00.000Z",
  });
  assert.equal(of("from=2026-11-24T09:30").between.from, "2026-11-24T09:30:00.000Z");
  assert.equal(of("from=2026-11-24T09:30%2B02:00").between.from, "2026-11-24T07:30:00.000Z");
  assert.throws(() => of("to=soon"), /"soon" is no time/);
  const query = new URLSearchParams("table=lake.a.b&from=2026-11-24");
  const spans = spansFor("/streams/t", query, spanIn(query));
  assert.equal(spans[1]?.href, "/streams/t?table=lake.a.b&span=15m");
  assert.ok(spans.every(({ here }) => !here));
});

test("what takes long is asked once at a time, and nobody waits for it who knows an older answer", async () => {
  const ask = refreshingCache();
  let asked = 0;
  let answer = (_: string) => {};
  const slow = () => {
    asked += 1;
    return new Promise<string>(resolve => (answer = resolve));
  };
  const [first, second] = await Promise.all([ask("k", 5, slow), ask("k", 5, slow)]);
  assert.deepEqual([first, second, asked], [{ isPending: true }, { isPending: true }, 1]);
  answer("one");
  await pause(0);
  const known = await ask("k", 5, slow);
  assert.deepEqual([known, asked], [{ value: "one", isPending: false }, 1]);
  const other = await ask("other", 1000, async () => {
    throw new Error("away");
  });
  assert.equal((other.error as Error).message, "away");
});
