import { closeSync, copyFileSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ERROR_LEVELS } from "../../core/log-reader/levels.ts";
import { countLogLines } from "../../core/log-reader/numbers.ts";
import { countLevels, nextOfLevel, type SearchOptions, search } from "../../core/log-reader/search.ts";
import { lastWindow, lineToOffset, windowAt } from "../../core/log-reader/window.ts";

/*
 * npm run bench -- portal-log [--megabytes 1024]
 * What it costs to read a large log: beside the same on one of 10 KB, and a bare read of as many bytes.
 */
const { values } = parseArgs({ options: { megabytes: { type: "string", default: "1024" } } });
const MB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "portal-log-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const small = makeLog("small.log", 10 * 1024);
const large = makeLog("large.log", Number(values.megabytes) * MB);
const { size } = statSync(large);
console.log(`a log of ${(size / MB).toFixed(0)} MB, one of ${statSync(small).size} bytes; Node ${process.version}`);

await lastWindow(small);
const before = process.memoryUsage.rss();
// The first of all, with nothing warm and no line counted.
const first = await milliseconds(() => lastWindow(large));
console.log(`first screen, large log, cold    ${first.toFixed(1)} ms`);
await countLogLines(large);

const ofSmall = await median(() => lastWindow(small, { lines: 90 }));
const ofLarge = await median(() => lastWindow(large, { lines: 90 }));
const ofScreen = await median(() => lastWindow(large));
const { start, end } = await lastWindow(large);
const bare = await median(async () => readBare(large, start, end - start));
console.log(`90 lines of the small log        ${ofSmall.toFixed(2)} ms`);
console.log(
  `90 lines of the large log        ${ofLarge.toFixed(2)} ms, ${(ofLarge / ofSmall).toFixed(1)} times the small log's`,
);
console.log(`500 lines of the large log       ${ofScreen.toFixed(2)} ms`);
console.log(`a bare read of its ${String(end - start).padEnd(6)} bytes  ${bare.toFixed(2)} ms`);
console.log(
  `window in the middle             ${(await median(() => windowAt(large, { from: middle() }))).toFixed(2)} ms`,
);
console.log(`a line by its number             ${(await median(() => lineToOffset(large, 4211))).toFixed(2)} ms`);

let floor = 0;
floor = await throughput("bare read of it all", async () => readBare(large, 0, size));
// Of a copy nothing is known yet.
const copy = join(folder, "copy.log");
copyFileSync(large, copy);
await throughput("line numbers, counted anew", () => countLogLines(copy));
await throughput("text that is not there", () => searchAll({ text: "is not there" }));
await throughput("text that is not there, backward", () => searchAll({ text: "is not there", direction: "backward" }));
await throughput("level that is not there", () => searchAll({ levels: ERROR_LEVELS, text: "is not there" }));
await throughput("errors and warnings, counted", async () => {
  let counts = await countLevels(large);
  while (!counts.isAll) counts = await countLevels(large);
  console.log(`  ${counts.error} errors, ${counts.warn} warnings`);
});
console.log(
  `next error                       ${(await median(() => nextOfLevel(large, middle(), "forward", ERROR_LEVELS))).toFixed(2)} ms`,
);
console.log(
  `error before                     ${(await median(() => nextOfLevel(large, middle(), "backward", ERROR_LEVELS))).toFixed(2)} ms`,
);
const after = process.memoryUsage.rss();
console.log(
  `memory of the process            ${(before / MB).toFixed(0)} MB before, ${(after / MB).toFixed(0)} MB after`,
);

// Lines as Spark and our engines write them, an error in ten thousand, a warning in a thousand; the same again and again.
function makeLog(name: string, bytes: number): string {
  const path = join(folder, name);
  const block = Buffer.from(Array.from({ length: 10_000 }, (_, number) => lineOf(number)).join(""));
  const file = openSync(path, "w");
  for (let written = 0; written < bytes; )
    written += writeSync(file, block, 0, Math.min(block.length, bytes - written));
  closeSync(file);
  return path;
}

function lineOf(number: number): string {
  const stamp = `26/11/23 10:${String(Math.floor(number / 60) % 60).padStart(2, "0")}:${String(number % 60).padStart(2, "0")}`;
  if (number % 10_000 === 5000) return `${stamp} ERROR Executor: Exception in task 0.0 in stage 8.0 (TID ${number})\n`;
  if (number % 1000 === 10) return `${stamp} WARN TaskSetManager: Lost task 1.0 in stage 9.0 (TID ${number})\n`;
  if (number % 5 === 0) return `2026-11-23T10:00:00.000Z hive.sales.orders: copy ${number} of 4000000 tasks\n`;
  return `${stamp} INFO TaskSetManager: Finished task 0.0 in stage 3.0 (TID ${number}) in 123 ms on host-7 (executor 3)\n`;
}

async function searchAll(options: SearchOptions): Promise<void> {
  let found = await search(large, options);
  while (found.next !== undefined) found = await search(large, { ...options, from: found.next });
}

function readBare(path: string, from: number, length: number): void {
  const room = Buffer.allocUnsafeSlow(Math.min(length, MB));
  const file = openSync(path, "r");
  for (let at = 0; at < length; )
    at += readSync(file, room, 0, Math.min(room.length, length - at), from + at) || length;
  closeSync(file);
}

function middle(): number {
  return Math.floor(size / 2 + Math.random() * size * 0.1);
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function median(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 31; i++) times.push(await milliseconds(run));
  return times.sort((a, b) => a - b)[15] ?? 0;
}

async function throughput(name: string, run: () => Promise<unknown>): Promise<number> {
  const seconds = (await milliseconds(run)) / 1000;
  const ratio = floor === 0 ? "" : `, ${(seconds / floor).toFixed(1)} times the bare read`;
  console.log(`${name.padEnd(33)}${seconds.toFixed(2)} s, ${(size / 1e9 / seconds).toFixed(2)} GB/s${ratio}`);
  return seconds;
}
