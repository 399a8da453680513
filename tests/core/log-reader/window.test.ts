import assert from "node:assert/strict";
import { appendFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { countLogLines } from "../../../core/log-reader/numbers.ts";
import { followLog, type LogWindow, lastWindow, windowAt } from "../../../core/log-reader/window.ts";
import { openRegular } from "../../../core/store/served.ts";
import { addCopies, growthOf, logWith, plainLines } from "./logs.ts";

const MB = 1024 * 1024;

test("a log opens at its end, with its lines numbered", async t => {
  const path = logWith(t, plainLines(2000));
  const window = await lastWindow(path, { lines: 3 });
  assert.deepEqual(texts(window), ["line 1998", "line 1999", "line 2000"]);
  assert.equal(window.firstLine, 1998);
  assert.deepEqual(
    window.lines.map(line => line.number),
    [1998, 1999, 2000],
  );
  assert.deepEqual([window.atStart, window.atEnd, window.end], [false, true, window.size]);
  assert.equal(window.lines[0]?.offset, window.start);
  assert.equal(window.lines[0]?.level, "info");
});

test("windows joined forward and backward give the log again, to the byte", async t => {
  const odd = ["", "a", "\r", "ends so\r", "é€😀", "x".repeat(40_000), " \t", "", "y".repeat(5000)];
  const content = `${Array.from({ length: 120 }, (_, i) => `${odd[i % odd.length]}${i}`).join("\n")}\nno end`;
  const path = logWith(t, content);
  for (const lines of [1, 7, 500])
    for (const maxBytes of [1000, 70_000, 2 * MB]) {
      const forward = await all(path, "forward", { lines, maxBytes });
      assert.deepEqual(forward, await bytesBetween(path, forward));
      const backward = (await all(path, "backward", { lines, maxBytes })).reverse();
      assert.deepEqual(backward, await bytesBetween(path, backward));
      assert.equal(forward.at(-1)?.[1], Buffer.byteLength(content));
    }
  const whole = await windowAt(path, { from: 0 });
  assert.equal(whole.lines.length, 120 + 1);
  assert.equal(whole.lines.at(-1)?.text, "no end");
  assert.deepEqual(
    whole.lines.slice(0, 120).map(line => line.text),
    content
      .split("\n")
      .slice(0, 120)
      .map(line => line.slice(0, 16 * 1024)),
  );
});

test("a window may begin at a line, and one that is not there gives the end", async t => {
  const path = logWith(t, plainLines(60_000));
  const window = await windowAt(path, { line: 42_111, lines: 2 });
  assert.deepEqual(texts(window), ["line 42111", "line 42112"]);
  assert.equal(window.firstLine, 42_111);
  assert.deepEqual(texts(await windowAt(path, { line: 1, lines: 1 })), ["line 1"]);
  assert.deepEqual(texts(await windowAt(path, { line: 60_000, lines: 9 })), ["line 60000"]);
  assert.deepEqual(texts(await windowAt(path, { line: 60_001, lines: 1 })), ["line 60000"]);
});

test("offsets from outside are brought into the log", async t => {
  const path = logWith(t, "one\ntwo\n");
  assert.deepEqual(texts(await windowAt(path, { from: -5 })), ["one", "two"]);
  assert.deepEqual(texts(await windowAt(path, { from: 1e15 })), []);
  assert.deepEqual(texts(await windowAt(path, { before: 1e15 })), ["one", "two"]);
  assert.deepEqual(texts(await windowAt(path, { before: -1 })), []);
  assert.deepEqual(texts(await windowAt(path, { from: 1.5 })), ["ne", "two"]);
});

test("an empty log is a window without lines", async t => {
  const window = await lastWindow(logWith(t, ""));
  assert.deepEqual([window.lines, window.atStart, window.atEnd, window.firstLine], [[], true, true, 1]);
});

test("a long line is cut between two characters and says so", async t => {
  const line = "a".repeat(16 * 1024 - 1) + "é".repeat(100);
  const path = logWith(t, `first\n${line}\r\nlast\n`);
  const window = await lastWindow(path);
  assert.deepEqual(
    window.lines.map(({ offset, text, cut }) => [offset, text.length, cut]),
    [
      [0, 5, undefined],
      [6, 16 * 1024 - 1, true],
      [6 + Buffer.byteLength(line) + 2, 4, undefined],
    ],
  );
  const exact = logWith(t, `${"b".repeat(16 * 1024)}\r\n`);
  assert.deepEqual((await lastWindow(exact)).lines[0]?.cut, undefined);
});

test("bytes that are not UTF-8 are shown as �, and binary files have windows too", async t => {
  const path = logWith(t, Buffer.from([0x61, 0xff, 0xc3, 0x0a, 0x00, 0x01, 0x0a, 0xed, 0xa0, 0x80]));
  const window = await lastWindow(path);
  assert.deepEqual(
    window.lines.map(line => line.text),
    ["a\ufffd\ufffd", "\0\x01", "\ufffd\ufffd\ufffd"],
  );
  const noise = Buffer.alloc(MB, "\0\xff\n\x1b", "latin1");
  const steps = await all(logWith(t, noise), "forward", { lines: 500_000 });
  assert.equal(steps.at(-1)?.[1], noise.length);
});

test("one line of 200 MB is a window of one cut line, found again from both sides, in little memory", async t => {
  const path = logWith(t, "before\n");
  addCopies(path, "0123456789", 20 * MB);
  appendFileSync(path, "\nafter\n");
  const growth = await growthOf(async () => {
    const end = await lastWindow(path);
    assert.deepEqual(texts(end), ["after"]);
    assert.equal(end.atStart, false);
    const ends: number[] = [];
    for (let window = end; !window.atStart; window = await windowAt(path, { before: window.start })) {
      assert.ok(window.lines.length > 0 && window.lines.every(line => line.text.length <= 16 * 1024));
      ends.push(window.start);
    }
    assert.ok(ends.length <= 6, `${ends.length} windows`);
    const line = await windowAt(path, { from: 7 });
    assert.deepEqual(
      line.lines.map(({ offset, cut, text }) => [offset, cut, text.length]),
      [[7, true, 16 * 1024]],
    );
    await countLogLines(path);
    assert.equal((await lastWindow(path)).firstLine, 3);
    assert.equal((await windowAt(path, { line: 3 })).lines[0]?.text, "after");
  });
  assert.ok(growth < 40 * MB, `${growth} bytes`);
});

test("the first screen of a large log does not wait for the line numbers, which come later", async t => {
  const path = logWith(t, "");
  addCopies(path, plainLines(1000), 700);
  const first = await lastWindow(path, { lines: 2 });
  assert.ok(first.size > 20 * MB);
  assert.deepEqual([first.firstLine, first.lines[0]?.number], [undefined, undefined]);
  assert.deepEqual(texts(first), ["line 999", "line 1000"]);
  let later = first;
  for (let tries = 0; later.firstLine === undefined && tries < 1000; tries++) {
    await sleep(10);
    later = await lastWindow(path, { lines: 2 });
  }
  assert.equal(later.firstLine, 699_999);
  assert.equal(await countLogLines(path), 700_000);
  appendFileSync(path, plainLines(1));
  assert.equal((await lastWindow(path, { lines: 1 })).firstLine, 700_001);
});

test("a torn line is given once it is complete, or the log has ended", async t => {
  const path = logWith(t, "one\ntw");
  const growing = await lastWindow(path, { growing: true });
  assert.deepEqual([texts(growing), growing.end, growing.atEnd], [["one"], 4, true]);
  assert.deepEqual(texts(await lastWindow(path)), ["one", "tw"]);
  appendFileSync(path, "o\nthree\nfo");
  const added = await followLog(path, growing.end, { file: growing.file });
  assert.deepEqual([texts(added), added.firstLine, added.dropped], [["two", "three"], 2, undefined]);
  assert.deepEqual(texts(await followLog(path, added.end)), []);
  const ended = await followLog(path, added.end, { growing: false });
  assert.deepEqual([texts(ended), ended.firstLine], [["fo"], 4]);
});

test("a character torn by a write is never shown as two halves", async t => {
  const euro = Buffer.from("1 €\n");
  const path = logWith(t, euro.subarray(0, 3));
  const first = await followLog(path, 0);
  assert.deepEqual(texts(first), []);
  appendFileSync(path, euro.subarray(3));
  assert.deepEqual(texts(await followLog(path, first.end)), ["1 €"]);
});

test("a torn line that grows without end is shown all the same", async t => {
  const path = logWith(t, `ok\n${"z".repeat(100_000)}`);
  const window = await lastWindow(path, { growing: true });
  assert.deepEqual([window.end, window.lines[1]?.cut], [window.size, true]);
});

test("who follows too slowly is told what was dropped, and goes on with whole lines", async t => {
  const path = logWith(t, plainLines(5000));
  const added = await followLog(path, 0, { maxBytes: 1000 });
  assert.equal(added.lines.at(-1)?.text.slice(25), "line 5000");
  assert.match(added.lines[0]?.text ?? "", /^2026-11-23T10:00:00.000Z line \d{4}$/);
  assert.equal(added.dropped, added.start);
  assert.ok(added.end - added.start <= 1000 && added.end === added.size);
  assert.equal(added.firstLine, 5000 - added.lines.length + 1);
});

test("a log that was cut off or replaced begins anew, with new numbers", async t => {
  const path = logWith(t, plainLines(50));
  const before = await lastWindow(path);
  assert.equal(before.firstLine, 1);
  truncateSync(path, 0);
  appendFileSync(path, "new 1\nnew 2\n");
  const cut = await followLog(path, before.end, { file: before.file });
  assert.deepEqual([texts(cut), cut.replaced, cut.firstLine], [["new 1", "new 2"], true, 1]);
  // In place and longer than before: only the bytes tell.
  writeFileSync(path, `${"\n".repeat(3000)}last\n`);
  assert.equal((await lastWindow(path, { lines: 1 })).firstLine, 3001);
  writeFileSync(`${path}.new`, plainLines(200));
  renameSync(`${path}.new`, path);
  const replaced = await followLog(path, cut.end, { file: cut.file });
  assert.deepEqual([replaced.replaced, replaced.lines.length, replaced.firstLine], [true, 200, 1]);
});

test("an open log stays the one it was when another takes its name", async t => {
  const path = logWith(t, "old\n");
  await using opened = await openRegular(path);
  writeFileSync(`${path}.new`, "new\n");
  renameSync(`${path}.new`, path);
  assert.deepEqual(texts(await lastWindow(opened)), ["old"]);
  assert.deepEqual(texts(await lastWindow(path)), ["new"]);
});

test("a stack trace belongs to its record, also where a window begins within it", async t => {
  const trace = `26/11/23 10:00:00 ERROR Executor: no\njava.io.IOException: x\n${"\tat a.b(C.java:1)\n".repeat(20)}`;
  const path = logWith(t, `${plainLines(3)}${trace}`);
  const window = await lastWindow(path, { lines: 5 });
  assert.ok(window.lines.every(line => line.level === "error" && line.continues));
  const { lines } = await lastWindow(path);
  assert.deepEqual(
    lines.slice(2, 6).map(line => [line.level, line.continues]),
    [
      ["info", undefined],
      ["error", undefined],
      ["error", true],
      ["error", true],
    ],
  );
});

test("what is no regular file is refused", async t => {
  const path = logWith(t, "");
  await assert.rejects(lastWindow(`${path}.missing`), { code: "ENOENT" });
  await assert.rejects(lastWindow("/dev/zero"), /is not a regular file/);
});

function texts(window: LogWindow): string[] {
  return window.lines.map(line => line.text.replace(/^2026\S+ /, ""));
}

// The start and end of each window that lies after the other.
async function all(path: string, direction: "forward" | "backward", options: { lines?: number; maxBytes?: number }) {
  const steps: [number, number][] = [];
  const isForward = direction === "forward";
  let window = isForward ? await windowAt(path, { from: 0, ...options }) : await lastWindow(path, options);
  for (;;) {
    steps.push([window.start, window.end]);
    if (isForward ? window.atEnd : window.atStart) return steps;
    const place = isForward ? { from: window.end } : { before: window.start };
    window = await windowAt(path, { ...place, ...options });
  }
}

// What the steps would be if each began where the one before it ends, from the first byte to the last.
async function bytesBetween(path: string, steps: readonly [number, number][]): Promise<[number, number][]> {
  const { size } = await lastWindow(path);
  return steps.map(([start], index) => [index === 0 ? 0 : start, steps[index + 1]?.[0] ?? size]);
}
