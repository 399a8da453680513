import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { test } from "node:test";
import { parseJobFile } from "../../../core/jobs/parse/parse.ts";
import { MOST_PROBLEMS } from "../../../core/jobs/parse/problem.ts";
import { parseSchedule } from "../../../core/jobs/schedule.ts";
import { jobTypes } from "../../../engines/list.ts";

// What a file may cost against parsing it as JSON, which is measured beside it. The smallest texts are parsed in no time at all.
const RATIO = 50;
const LEAST = 8;
const MIB = 1024 ** 2;

const filled = (one: (i: number) => string, bytes: number, between = ",") => {
  const parts: string[] = [];
  for (let length = 0, i = 0; length < bytes; i++) {
    const part = one(i);
    parts.push(part);
    length += part.length + between.length;
  }
  return parts.join(between);
};
const job = (type: string, parameters: string, rest = "") => `{"type":"${type}","parameters":{${parameters}}${rest}}`;
const migrate = (tables: string) => job("migrate-iceberg", `"namespace":"n","tables":[${tables}]`);
const ROOM = MIB - 2_000;

const HEAVY: Record<string, string> = {
  "2,000 unknown keys": `{"type":"check-archive",${filled(i => `"k${i}":1`, 18_000)}}`,
  "a file full of unknown keys": `{"type":"check-archive",${filled(i => `"key${i}":1`, ROOM)}}`,
  "unknown keys that are nearly right": `{"type":"check-archive",${filled(i => `"not${i}e":1`, ROOM)}}`,
  "unknown parameters": job(
    "ingest-hive",
    filled(i => `"tabels${i}":[]`, ROOM),
  ),
  "10,000 wrong tables": migrate(filled(() => "1", 20_000 - 20)),
  "10,000 tables of which the last is wrong": migrate(`${'"t",'.repeat(9_999)}1`),
  "wrong tables without end": migrate(filled(() => "1", ROOM)),
  "tables with wrong pins": migrate(filled(() => '{"name":1,"snapshot":"x"}', 250_000)),
  "wrong tables in every follow-up": job(
    "ingest-hive",
    '"database":"d","tables":["a"]',
    `,"then":[${filled(() => migrate(filled(() => "1", 19_000)), 300_000)}]`,
  ),
  "follow-ups without end": job("ingest-hive", '"database":"d"', `,"then":[${filled(() => '{"type":"x"}', ROOM)}]`),
  "a row with a wrong value in every column": job(
    "edit-rows",
    `"table":"a.b","key":{"k":"1"},"set":{${filled(i => `"c${i}":[]`, ROOM)}}`,
  ),
  "keys that no file may have": `{"type":"check-archive","a":[${filled(() => '{"__proto__":{"constructor":1}}', ROOM)}]}`,
  "a type as long as the file": `{"type":"${"x".repeat(ROOM)}"}`,
  "a key as long as the file": `{"type":"check-archive","${"y".repeat(ROOM)}":1}`,
  "a note as long as the file": `{"type":"check-archive","note":"${"\\n".repeat(ROOM / 2)}"}`,
  "nothing but space": `{"type":"check-archive",${" ".repeat(ROOM)}"a":1}`,
  "nothing but line ends": `{"type":"check-archive",${"\n".repeat(ROOM)}"a":1,"b":2}`,
  "the same key again and again": `{${filled(() => '"type":"x"', ROOM)}}`,
  "lists in a list": `{"type":"check-archive","parameters":{"a":[${filled(() => "[]", ROOM)}]}}`,
  "a hundred levels with much in the last": `{"type":"check-archive","a":${"[".repeat(98)}${filled(() => "{}", ROOM)}${"]".repeat(98)}}`,
  "lists of lists in a hundred levels": `{"type":"check-archive","a":${`[[${"1,".repeat(101)}1],`.repeat(90)}1${"]".repeat(90)}}`,
  "levels without end": `{"type":"check-archive","x":${"[".repeat(ROOM)}`,
  "great numbers": migrate(filled(() => "9".repeat(400), ROOM)),
  "a plan of wrong tables": job("plan-job", `"job":${migrate(filled(() => "1", 19_000))}`),
};

for (const [what, text] of Object.entries(HEAVY))
  test(`${what}: the cost keeps within that of parsing it as JSON`, t => {
    bounded(t, text, bytes => parseJobFile(bytes, jobTypes));
    const schedule = `{"cron":"0 3 * * *","job":${text}}`;
    bounded(t, schedule, bytes => parseSchedule(bytes, jobTypes));
  });

test("mutations of good files up to 1 MiB keep within it, too", t => {
  const good = [
    ...Object.values(HEAVY).filter(text => text.length < 400_000),
    job("ingest-hive", '"database":"d","tables":["a","b"]', ',"then":[{"type":"migrate-iceberg"}]'),
    job("load-csv", `"file":"f","table":"a.b","key":"k","columns":[${filled(i => `{"name":"c${i}"}`, 15_000)}]`),
  ];
  for (let round = 0; round < 150; round++)
    bounded(t, mutated(good[round % good.length] ?? ""), bytes => parseJobFile(bytes, jobTypes));
});

function mutated(text: string): string {
  const at = () => randomInt(text.length + 1);
  const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
  const piece = text.slice(from, Math.min(to, from + 5_000));
  const ways = [
    () => text.slice(0, from) + text.slice(to),
    () => text.slice(0, from) + piece.repeat(Math.min(200, Math.ceil(MIB / (piece.length + 1)))) + text.slice(from),
    () => text.slice(0, from) + randomBytes(20).toString("latin1") + text.slice(from),
    () => text.replaceAll('"', () => (randomInt(50) === 0 ? "" : '"')),
    () => text.replaceAll("1", () => ["[]", "{}", "null", '"s"', "-1e999"][randomInt(5)] ?? ""),
    () => text.replaceAll('":', `${"n".repeat(randomInt(30))}":`),
    () => text.replaceAll("[", "[".repeat(randomInt(1, 60))),
  ];
  return (ways[randomInt(ways.length)]?.() ?? text).slice(0, MIB);
}

interface Read {
  ok: boolean;
  problems?: string[];
}

function bounded(t: { diagnostic(text: string): void }, text: string, read: (bytes: Buffer) => Read): void {
  const bytes = Buffer.from(text.slice(0, MIB));
  let result: Read | undefined;
  let ratio = Number.POSITIVE_INFINITY;
  // On a machine that does other things beside, the best of three rounds is the true one.
  for (let round = 0; round < 3 && ratio > RATIO; round++) {
    const parsing = timed(() => parsedPlainly(bytes));
    const reading = timed(() => {
      result = read(bytes);
    });
    ratio = Math.min(ratio, reading / Math.max(parsing, LEAST));
  }
  if (ratio > RATIO / 3) t.diagnostic(`${ratio.toFixed(1)} times: ${text.slice(0, 60)}`);
  assert.ok(ratio <= RATIO, `${ratio.toFixed(1)} times as long as JSON.parse: ${text.slice(0, 200)}`);
  assert.ok(result && (result.problems?.length ?? 0) <= MOST_PROBLEMS);
  for (const problem of result?.problems ?? []) assert.ok(problem.length < 3_000, problem.slice(0, 200));
}

function parsedPlainly(bytes: Buffer): void {
  try {
    JSON.parse(bytes.toString("utf8"));
  } catch {
    // Then it costs what it costs to find that out.
  }
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
