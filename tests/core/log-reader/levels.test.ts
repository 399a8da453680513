import assert from "node:assert/strict";
import { test } from "node:test";
import pino from "pino";
import pretty from "pino-pretty";
import { HINT, type LogLevel, ranker, recordStart } from "../../../core/log-reader/levels.ts";
import { outcomeLine } from "../../../engines/runner/lines.ts";

const LINES: Readonly<Record<LogLevel | "none", readonly string[]>> = {
  critical: [
    "26/11/23 10:00:00 FATAL Executor: no",
    "[2026-11-23 10:00:00,123] CRITICAL in app: no",
    "2026-11-23 10:00:00 panic: no",
    "[10:00:00] FATAL: no",
    '{"level":60,"msg":"no"}',
    '{"level":"fatal","msg":"no"}',
  ],
  error: [
    "26/11/23 10:00:00 ERROR Executor: Exception in task 0.0 in stage 8.0 (TID 12)",
    "2026-11-23 10:00:00,123 ERROR [main] org.apache.hadoop.Thing: no",
    "2026-11-23 10:00:00,123 - ERROR  [main:Thing@12] - no",
    "2026-11-23 10:00:00,123 - my.module - ERROR - no",
    "2026-11-23T10:00:00.123Z ERROR no",
    "2026-11-23T10:00:00+02:00 [error] no",
    "2026/11/23 10:00:00 [error] 12#12: no",
    "2026-11-23 10:00:00 error: no",
    "2026-11-23 10:00:00 SEVERE: no",
    "[10:00:00] \x1b[31mERROR\x1b[39m: \x1b[36mno\x1b[39m",
    "10:00:00.123 [main] ERROR c.e.Thing - no",
    "ERROR: no",
    "ERROR:root:no",
    "[ERROR] Failed to execute goal",
    "error: no",
    '{"level":50,"time":"2026-11-23T10:00:00.000Z","msg":"no"}',
    '{"ts":"2026-11-23T10:00:00.000Z","level":"ERROR","msg":"no","logger":"X"}',
    'time="2026-11-23T10:00:00Z" level=error msg="no"',
    "2026-11-23T10:00:00.123Z hive.sales.orders: failed, 1.2 s: no",
    "2026-11-23T10:00:00.123Z hive.sales.orders: failed: no",
    '{"at":"2026-11-23T10:00:00.123Z","attempt":1,"event":"table-ended","outcome":{"table":"t","outcome":"failed"}}',
    "failed: 2 of 5 tables failed",
    "failed",
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    "Traceback (most recent call last):",
    "Caused by: java.io.IOException: no",
    "java.lang.OutOfMemoryError: Java heap space",
    "TypeError: x is not a function",
    "Error: no",
  ],
  warn: [
    "26/11/23 10:00:00 WARN NativeCodeLoader: Unable to load native-hadoop library",
    "2026-11-23 10:00:00,123 - my.module - WARNING - hm",
    "[10:00:00] \x1b[33mWARN\x1b[39m: hm",
    "WARNING: Using incubator modules: jdk.incubator.vector",
    "warning: hm",
    '{"level":40,"msg":"hm"}',
    "(node:12) [DEP0040] DeprecationWarning: hm",
    "2026-11-23T10:00:00.123Z hive.sales.orders: cancelled, 1.2 s",
    "2026-11-23T10:00:00.123Z hive.sales.orders: left behind: a branch; no",
    "2026-11-23T10:00:00.123Z left behind: a session; no",
    '{"at":"2026-11-23T10:00:00.123Z","attempt":1,"event":"left-behind","what":"x","why":"y"}',
    "attempt 1 ended, to be tried again: Spark was not there",
    "cancelled",
  ],
  info: [
    "26/11/23 10:00:00 INFO SparkContext: Running Spark version 4.1.3, error handling on",
    "2026-11-23T10:00:00.123Z hive.sales.orders -> lake.sales_iceberg.orders: create",
    "2026-11-23T10:00:00.123Z hive.sales.orders: succeeded, 12 rows, proof equal",
    "2026-11-23T10:00:00.123Z hive.sales.failed: copy 12 of 400 tasks",
    "2026-11-23T10:00:00.123Z lake.a.ERROR -> azure.a.ERROR: create",
    '{"level":30,"msg":"error"}',
    '{"at":"2026-11-23T10:00:00.123Z","attempt":1,"event":"finished","exitCode":0}',
    "$ node engines/run.ts --claim queue/running/x.claim.json",
    "succeeded",
    "10:00:00 started",
  ],
  debug: ["26/11/23 10:00:00 DEBUG X: y", '{"level":20,"msg":"x"}', "2026-11-23 10:00:00 TRACE x"],
  none: [
    "",
    "an error is spoken of in plain words",
    'Setting Spark log level to "WARN".',
    "failed to do it",
    "ERRORS: 0",
    '{"name":"error"}',
    "    at x (file.ts:1:2)",
    "Errors are sentences",
  ],
};

test("the level of a line is known from its shape", () => {
  for (const [level, lines] of Object.entries(LINES))
    for (const line of lines) assert.equal(ranker()(line).level ?? "none", level, line);
});

test("what pino writes and what engines tell is known", () => {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text) };
  const log = pino({ base: null }, sink);
  log.fatal("never");
  log.error("no");
  log.warn("hm");
  log.info("yes");
  const options = { colorize: true, translateTime: "SYS:HH:MM:ss" };
  const coloured = written.map(line => String(pretty.prettyFactory(options)(line)));
  const levels = [...written, ...coloured].map(line => recordStart(line.trim())?.level);
  assert.deepEqual(levels, ["critical", "error", "warn", "info", "critical", "error", "warn", "info"]);
  const told = (["failed", "succeeded", "cancelled", "skipped"] as const).map(outcome =>
    outcomeLine({ table: "t", target: "u", outcome, seconds: 1, error: { message: "why" } }),
  );
  const stamp = new Date().toISOString();
  assert.deepEqual(
    told.map(line => recordStart(`${stamp} hive.a.t: ${line}`)?.level),
    ["error", "info", "warn", "info"],
  );
});

test("the hint is in every line that begins an error or a warning, so that none is passed over", () => {
  for (const line of [...LINES.critical, ...LINES.error, ...LINES.warn]) assert.ok(line.search(HINT) >= 0, line);
});

test("a trace belongs to the record above, and the next record begins anew", () => {
  assert.deepEqual(
    ranks([
      "26/11/23 10:00:00 ERROR Executor: Exception in task",
      "org.apache.spark.SparkException: [X] no",
      "",
      "== SQL ==",
      "\tat a.b.C(D.java:1)",
      "Caused by: java.io.IOException: no",
      "\t... 12 more",
      "26/11/23 10:00:01 INFO Executor: on",
      "\tdetail",
      "2026-11-23T10:00:00.123Z hive.a.t: copy 1 of 2 tasks",
    ]),
    ["error", "error+", "error+", "error+", "error+", "error+", "error+", "info", "info+", "info"],
  );
  assert.deepEqual(
    ranks(["Traceback (most recent call last):", '  File "a.py", line 1, in <module>', "ValueError: no", "done"]),
    ["error", "error+", "error+", "error+"],
  );
  assert.deepEqual(
    ranks([
      "2026-11-23T10:00:00Z a: b",
      "file:///x.ts:3",
      "  throw e;",
      "  ^",
      "",
      "Error: no",
      "    at x",
      "failed: y",
    ]),
    ["info", "info+", "info+", "info+", "info+", "error", "error+", "error"],
  );
  assert.deepEqual(ranks(['{"level":50,"msg":"a"}', '{"level":30,"msg":"b"}']), ["error", "info"]);
});

test("plain lines after a record are its own for a while only", () => {
  const found = ranks(["ERROR: no", ...Array<string>(30).fill("plain output")]);
  assert.equal(found.filter(rank => rank === "error+").length, 20);
  assert.equal(found.at(-1), "none");
});

test("a line of any length and content is ranked at once", () => {
  for (const part of ["[", "[a] ", "2026-11-23 10:00:00 ", "a.", " - ", "\x1b[", '{"level" ', "Error", ": "])
    for (const first of ["", "2026-11-23 10:00:00 ", "26/11/23 10:00:00"]) ranker()(first + part.repeat(200_000));
});

function ranks(lines: readonly string[]): string[] {
  const rank = ranker();
  return lines.map(rank).map(({ level, continues }) => `${level ?? "none"}${continues ? "+" : ""}`);
}
