import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { readLogs } from "../../../formats/logs/reading/read.ts";
import { type Line, logWorld, type Made } from "./world.ts";

// A trace that is longer than many splits, among shorter ones.
const TRACES = Array.from({ length: 40 }, (_, at) => [
  `26/11/23 10:00:${String(at).padStart(2, "0")} ERROR Executor: attempt ${at}`,
  ...Array.from({ length: at === 20 ? 60 : at % 4 }, (_, frame) => `\tat a.b.C(D.java:${frame})`),
]).flat();

const LONG = "x".repeat(1_000_000);

const FILES: Record<string, Made> = {
  "traces.log": { content: `${TRACES.join("\n")}\n` },
  "crlf.log": {
    content: Buffer.concat([
      Buffer.from("\uFEFFJul  1 10:00:00 h a: one\r\nJul  1 10:00:01 h a: caf"),
      Buffer.from([0xe9]),
      Buffer.from("\r\n\tat x\r\n\r\nJul  1 10:00:02 h a: lone\rreturn\r\n"),
    ]),
  },
  "trace first.log": { content: "\tat a.b\n\tat a.c\n26/11/23 10:00:00 INFO X: y\n" },
  "long.log": {
    content: `1.2.3.4 - - [10/Oct/2000:13:55:36 +0000] "GET /${LONG} HTTP/1.0" 200 5 "-" "-"\n1.2.3.4 - - [10/Oct/2000:13:55:37 +0000] "GET / HTTP/1.0" 200 5\n${LONG}\n`,
  },
  "long-syslog.log": { content: `Jul  1 10:00:00 h a: ${'<"(a.'.repeat(200_000)}\nJul  1 10:00:00 h a: ${LONG}\n` },
  "packed.log.gz": { content: gzipSync("26/11/23 10:00:00 WARN X: y\n\tat z\n26/11/23 10:00:01 INFO X: y\n") },
  "packed.log.zst": {
    content: zstdCompressSync(Buffer.from("26/11/23 10:00:00 WARN X: y\n26/11/23 10:00:01 INFO X: y\n")),
  },
  "50% {a,b} 'c' é.log": { content: "26/11/23 10:00:00 WARN X: odd name\n" },
};

let lines: Record<string, Line[]>;
let changed: unknown;
const ends: (() => unknown)[] = [];

before(async () => {
  // Splits of 256 bytes cut through records everywhere.
  const conf = { "spark.sql.files.maxPartitionBytes": "256", "spark.sql.files.openCostInBytes": "0" };
  const world = await logWorld({ after: end => void ends.push(end as () => unknown) }, conf);
  try {
    const { "long.log": long, "long-syslog.log": longer, ...small } = FILES;
    lines = await world.read(small);
    await world.session.config.set({ "spark.sql.files.maxPartitionBytes": "300000" });
    if (long && longer) Object.assign(lines, await world.read({ "long.log": long, "long-syslog.log": longer }));
    const file = await world.file("grows.log", { content: "26/11/23 10:00:00 WARN X: y\n" });
    const { sql } = await readLogs(world.session, [file]);
    appendFileSync(join(world.folder, "grows.log"), "26/11/23 10:00:01 WARN X: y\n");
    changed = await world.rows(sql).catch(error => (error as Error).message);
    writeFileSync(join(world.folder, "_hidden.log"), "26/11/23 10:00:00 WARN X: y\n");
  } finally {
    for (const end of ends) await end();
  }
});

test("a trace belongs to the record above, over the edges of many splits, and lines keep their numbers", () => {
  const expected = TRACES.flatMap((raw, at) => (raw.startsWith("\t") ? [] : [{ line: at + 1, raw }]));
  const rows = lines["traces.log"] ?? [];
  assert.deepEqual(
    rows.map(({ line, raw }) => ({ line, raw })),
    expected,
  );
  assert.deepEqual(
    rows.flatMap(({ raw, trace }) => [raw, ...(trace === null ? [] : String(trace).split("\n"))]),
    TRACES,
  );
});

test("CR LF, a mark of the byte order, what is not UTF-8 and a lone CR", () => {
  assert.deepEqual(
    lines["crlf.log"]?.map(({ line, raw, trace, message }) => [line, raw, trace, message]),
    [
      [1, "Jul  1 10:00:00 h a: one", null, "one"],
      [2, "Jul  1 10:00:01 h a: caf�", "\tat x\n", "caf�"],
      [5, "Jul  1 10:00:02 h a: lone\rreturn", null, "lone\rreturn"],
    ],
  );
});

test("a trace with no record above it is shown as not understood", () => {
  assert.deepEqual(
    lines["trace first.log"]?.map(({ line, parsed, trace }) => [line, parsed, trace]),
    [
      [1, false, "\tat a.c"],
      [3, true, null],
    ],
  );
});

test("lines of a megabyte are read whole", () => {
  assert.deepEqual(
    lines["long.log"]?.map(({ line, raw, parsed, status }) => [line, String(raw).length, parsed, status]),
    [
      [1, LONG.length + 71, true, 200],
      [2, 63, true, 200],
      [3, LONG.length, false, null],
    ],
  );
  assert.equal(String(lines["long.log"]?.[0]?.endpoint).length, LONG.length + 1);
  assert.deepEqual(
    lines["long-syslog.log"]?.map(({ message }) => String(message).length),
    [1_000_000, 1_000_000],
  );
});

test("files that are packed, and files of any name", () => {
  const found = (name: string) => lines[name]?.map(({ line, level, trace }) => [line, level, trace]);
  assert.deepEqual(found("packed.log.gz"), [
    [1, "warn", "\tat z"],
    [3, "info", null],
  ]);
  assert.deepEqual(found("packed.log.zst"), [
    [1, "warn", null],
    [2, "info", null],
  ]);
  assert.equal(lines["50% {a,b} 'c' é.log"]?.[0]?.message, "odd name");
});

test("a file that grew since it was counted is refused", () => {
  assert.match(String(changed), /A file was written to while it was read/);
});
