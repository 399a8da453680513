import assert from "node:assert/strict";
import { appendFileSync, truncateSync } from "node:fs";
import { test } from "node:test";
import { CHUNK_BYTES } from "../../../core/log-reader/chunks.ts";
import { ERROR_LEVELS, WARNING_LEVELS } from "../../../core/log-reader/levels.ts";
import { countLogLines } from "../../../core/log-reader/numbers.ts";
import { countLevels, nextOfLevel, type SearchOptions, search } from "../../../core/log-reader/search.ts";
import { lastWindow, windowAt } from "../../../core/log-reader/window.ts";
import { openRegular } from "../../../core/store/served.ts";
import { addCopies, growthOf, logWith, plainLines } from "./logs.ts";

const MB = 1024 * 1024;

test("a text is found in any case, with the number of its line, in both directions", async t => {
  const path = logWith(t, `one Orders\ntwo\nTHREE orders\n${plainLines(20)}ÉTÉ 10 €\nété\n`);
  const found = await search(path, { text: "oRDERS" });
  assert.deepEqual(
    found.matches.map(({ offset, number, text }) => [offset, number, text]),
    [
      [0, 1, "one Orders"],
      [15, 3, "THREE orders"],
    ],
  );
  assert.equal(found.next, undefined);
  assert.deepEqual(await offsets(path, { text: "orders", direction: "backward" }), [15, 0]);
  const summer = await search(path, { text: "été" });
  assert.deepEqual(
    summer.matches.map(line => line.text),
    ["ÉTÉ 10 €", "été"],
  );
  assert.equal((await search(path, { text: "10 €" })).matches.length, 1);
  assert.deepEqual(await offsets(path, { text: "orders\ntwo" }), [0, 15]);
  for (const text of ["orders.", ".*", "[a-z]", "\\"]) assert.equal((await offsets(path, { text })).length, 0);
});

test("colours in the midst of a text do not hide it", async t => {
  const path = logWith(t, "[10:00:00] \x1b[32mINFO\x1b[39m: \x1b[36mtable \x1b[1;31morders\x1b[0m done\n");
  for (const text of ["INFO: table", "orders done", "E ORDERS D"]) assert.deepEqual(await offsets(path, { text }), [0]);
});

test("a text on the border of two chunks is found, also one of several bytes, at every place", async t => {
  for (const needle of ["needle", "n€€dlé"]) {
    const bytes = Buffer.byteLength(needle);
    for (let shift = 0; shift <= bytes + 1; shift++) {
      // In one line longer than several chunks, and in a line of its own.
      const long = `start\n${"x".repeat(CHUNK_BYTES - 6 - shift)}${needle}${"y".repeat(2 * CHUNK_BYTES)}\nend\n`;
      const path = logWith(t, long);
      for (const direction of ["forward", "backward"] as const)
        assert.deepEqual(await offsets(path, { text: needle.toUpperCase(), direction }), [6], `${shift} ${direction}`);
      const short = logWith(
        t,
        `${"z\n".repeat((CHUNK_BYTES - shift - (shift % 2)) / 2)}${needle}\n${"z\n".repeat(CHUNK_BYTES)}`,
      );
      for (const direction of ["forward", "backward"] as const)
        assert.equal((await offsets(short, { text: needle, direction })).length, 1, `${shift} ${direction}`);
    }
  }
});

test("a search goes on from where it stopped and finds each line once, whatever its limits", async t => {
  const lines = Array.from({ length: 1500 }, (_, i) => (i % 7 === 3 ? `hit ${i} ${"w".repeat(i % 900)}` : `miss ${i}`));
  const path = logWith(
    t,
    `${lines.join("\n")}\n${"x".repeat(CHUNK_BYTES)}hit hit${"x".repeat(CHUNK_BYTES)}hit\nmiss\nhit`,
  );
  const expected = await offsets(path, { text: "hit", limit: 1e9 });
  assert.equal(expected.length, lines.filter(line => line.startsWith("hit")).length + 2);
  for (const direction of ["forward", "backward"] as const)
    for (const limits of [{ limit: 1 }, { limit: 50 }, { maxBytes: 1 }, { maxBytes: CHUNK_BYTES, limit: 333 }]) {
      const found = await offsets(path, { text: "hit", direction, ...limits });
      assert.deepEqual(
        direction === "forward" ? found : found.reverse(),
        expected,
        JSON.stringify({ direction, limits }),
      );
    }
});

test("levels filter records with what belongs to them, alone or with a text", async t => {
  const path = logWith(t, mixed(3000));
  const found = await search(path, { levels: ERROR_LEVELS, limit: 6 });
  assert.deepEqual(
    found.matches.map(({ text, continues }) => [text, continues ?? false]),
    Array.from({ length: 2 }, (_, i) => [
      [`26/11/23 10:00:00 ERROR Executor: broken ${i * 100}`, false],
      ["java.io.IOException: no", true],
      ["\tat a.b(C.java:1)", true],
    ]).flat(),
  );
  const back = await search(path, { levels: ERROR_LEVELS, direction: "backward", limit: 2 });
  assert.deepEqual(
    back.matches.map(line => [line.level, line.text]),
    [
      ["error", "\tat a.b(C.java:1)"],
      ["error", "java.io.IOException: no"],
    ],
  );
  const both = await search(path, { levels: new Set(["error", "warn"]), text: "2900" });
  assert.deepEqual(
    both.matches.map(line => line.text),
    ["26/11/23 10:00:00 ERROR Executor: broken 2900"],
  );
});

test("passing over quiet lines finds the same as looking at each of them", async t => {
  const path = logWith(t, mixed(12_000));
  const quick = await search(path, { levels: new Set(["error", "warn"]), limit: 1e9 });
  // With debug among them every line is looked at.
  const slow = await search(path, { levels: new Set(["error", "warn", "debug"]), limit: 1e9 });
  assert.ok(quick.matches.length > 500);
  assert.deepEqual(quick.matches, slow.matches);
  const back = await search(path, { levels: new Set(["error", "warn"]), direction: "backward", limit: 1e9 });
  assert.deepEqual(back.matches.reverse(), quick.matches);
});

test("one steps from error to error, over what belongs to them, and stops at the ends", async t => {
  const path = logWith(t, mixed(250));
  const visited: string[] = [];
  let line = await nextOfLevel(path, -1, "forward", ERROR_LEVELS);
  while (line) {
    visited.push(line.text.slice(-3));
    line = await nextOfLevel(path, line.offset, "forward", ERROR_LEVELS);
  }
  assert.deepEqual(visited, ["n 0", "100", "200"]);
  const back = await nextOfLevel(path, Number.MAX_SAFE_INTEGER, "backward", ERROR_LEVELS);
  assert.equal(back?.text.slice(-3), "200");
  assert.equal((await nextOfLevel(path, back.offset, "backward", ERROR_LEVELS))?.text.slice(-3), "100");
  assert.equal(await nextOfLevel(path, 0, "backward", ERROR_LEVELS), undefined);
  assert.equal(await nextOfLevel(path, back.offset, "forward", ERROR_LEVELS), undefined);
});

test("errors and warnings are counted once, in parts, and added to as the log grows", async t => {
  const path = logWith(t, mixed(50_000));
  const first = await countLevels(path, { maxBytes: 1 });
  assert.equal(first.isAll, false);
  let counts = first;
  while (!counts.isAll) counts = await countLevels(path, { maxBytes: 1 });
  assert.deepEqual([counts.error, counts.warn], [500, 1000]);
  appendFileSync(path, "26/11/23 10:00:00 WARN X: y\n26/11/23 10:00:00 ERR");
  assert.deepEqual(pick(await countLevels(path, { growing: true })), [500, 1001, true]);
  assert.deepEqual(pick(await countLevels(path)), [501, 1001, true]);
  appendFileSync(path, "OR Z: a\n\tat b\n");
  assert.deepEqual(pick(await countLevels(path)), [501, 1001, true]);
  const twice = await Promise.all([countLevels(path), countLevels(path)]);
  assert.deepEqual(twice.map(pick), [pick(twice[0]), [501, 1001, true]]);
  truncateSync(path, 0);
  assert.deepEqual(pick(await countLevels(path)), [0, 0, true]);
});

test("counts that are asked for side by side count nothing twice", async t => {
  const path = logWith(t, mixed(50_000));
  const [first, second] = await Promise.all([
    countLevels(path),
    countLevels(path),
    countLogLines(path),
    countLogLines(path),
  ]);
  assert.deepEqual(
    [pick(first), pick(second)],
    [
      [500, 1000, true],
      [500, 1000, true],
    ],
  );
});

test("one line of 200 MB is searched whole, in little memory, and can be given up", async t => {
  const path = logWith(t, "26/11/23 10:00:00 ERROR first ");
  addCopies(path, "0123456789", 20 * MB);
  appendFileSync(path, "needle\n26/11/23 10:00:00 INFO last\n");
  const growth = await growthOf(async () => {
    assert.deepEqual(await offsets(path, { text: "needle" }), [0]);
    const both = await search(path, { text: "needle", levels: ERROR_LEVELS, maxBytes: 1e9 });
    assert.deepEqual(
      both.matches.map(({ offset, continues, cut }) => [offset, continues, cut]),
      [[0, undefined, true]],
    );
    assert.equal((await nextOfLevel(path, -1, "forward", ERROR_LEVELS))?.cut, true);
    assert.equal((await countLevels(path, { maxBytes: 1e9 })).error, 1);
    const back = await search(path, { text: "9needle", direction: "backward", maxBytes: 1e9 });
    assert.equal(back.matches.length, 1);
  });
  assert.ok(growth < 40 * MB, `${growth} bytes`);
  const stop = new AbortController();
  const given = search(path, { text: "nothing", maxBytes: 1e9, signal: stop.signal });
  setImmediate(() => stop.abort());
  await assert.rejects(given, { name: "AbortError" });
});

test("other work goes on while a log is searched", async t => {
  const path = logWith(t, "");
  addCopies(path, mixed(1000), 600);
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  turn();
  const found = await search(path, { text: "not there", maxBytes: 1e9 });
  isOver = true;
  assert.ok(turns >= found.searchedBytes / CHUNK_BYTES, `${turns} turns`);
});

test("a log that is cut off while it is read ends the reading", async t => {
  const path = logWith(t, "");
  addCopies(path, "0123456789\n", MB);
  await using opened = await openRegular(path);
  // It is cut off right after its size was asked for.
  const stats = await opened.handle.stat();
  Object.assign(opened.handle, { stat: async () => stats });
  truncateSync(path, 110);
  const found = await search(opened, { text: "9" });
  assert.deepEqual([found.matches.length, found.next, found.end], [10, undefined, 110]);
  assert.deepEqual((await search(opened, { text: "9", direction: "backward", maxBytes: 1e9 })).matches.length, 10);
  assert.equal((await countLevels(opened, { maxBytes: 1e9 })).countedBytes, 110);
  assert.equal(await countLogLines(opened), 11);
  assert.ok((await lastWindow(opened)).lines.length <= 11);
  assert.ok((await windowAt(opened, { from: 0 })).lines.length === 10);
});

test("a torn last line is not searched while the log grows", async t => {
  const path = logWith(t, "26/11/23 10:00:00 INFO a\n26/11/23 10:00:00 ERR");
  const found = await search(path, { text: "err", growing: true });
  assert.deepEqual([found.matches.length, found.next], [0, undefined]);
  appendFileSync(path, "OR b\n");
  assert.equal((await search(path, { levels: ERROR_LEVELS, from: found.end, growing: true })).matches.length, 1);
});

function pick({ error, warn, isAll }: { error: number; warn: number; isAll: boolean }): unknown[] {
  return [error, warn, isAll];
}

// Every line that is found, from call to call.
async function offsets(path: string, options: SearchOptions): Promise<number[]> {
  const found: number[] = [];
  for (let from = options.from; ; ) {
    const result = await search(path, { ...options, ...(from !== undefined && { from }) });
    found.push(...result.matches.map(line => line.offset));
    if (result.next === undefined) return found;
    assert.notEqual(result.next, from, "a search moves on");
    from = result.next;
  }
}

// A record a number: errors with a trace every hundredth, warnings every fiftieth, and quiet lines that speak of errors.
function mixed(count: number): string {
  return Array.from({ length: count }, (_, i) => {
    if (i % 100 === 0)
      return `26/11/23 10:00:00 ERROR Executor: broken ${i}\njava.io.IOException: no\n\tat a.b(C.java:1)\n`;
    if (i % 50 === 25) return `26/11/23 10:00:00 WARN X: hm ${i}\nplain\n`;
    if (i % 9 === 0) return `26/11/23 10:00:00 INFO X: an error was transferred ${i}\n\tErrorLike: {\n`;
    return `26/11/23 10:00:00 INFO TaskSetManager: Finished task ${i} in 123 ms on host-7\n`;
  }).join("");
}

test("what is critical is found and counted with the errors, and keeps its level", async t => {
  const path = logWith(t, "INFO a\nERROR b\nFATAL c\n  at x\nWARN d\nCRITICAL e\n");
  const found = await search(path, { levels: ERROR_LEVELS });
  assert.deepEqual(
    found.matches.map(({ level, continues }) => `${level}${continues ? "+" : ""}`),
    ["error", "critical", "critical+", "critical"],
  );
  const graver = await search(path, { levels: WARNING_LEVELS, direction: "backward", limit: 2 });
  assert.deepEqual(
    graver.matches.map(line => line.level),
    ["critical", "warn"],
  );
  const last = await nextOfLevel(path, Number.MAX_SAFE_INTEGER, "backward", ERROR_LEVELS);
  assert.equal(last?.text, "CRITICAL e");
  const { error, warn } = await countLevels(path);
  assert.deepEqual({ error, warn }, { error: 3, warn: 1 });
});
