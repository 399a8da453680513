import assert from "node:assert/strict";
import { before, test } from "node:test";
import { FILES } from "./sample-files.ts";
import { type Line, logWorld } from "./world.ts";

let lines: Record<string, Line[]>;

before(async () => {
  const ends: (() => unknown)[] = [];
  const world = await logWorld({ after: end => void ends.push(end as () => unknown) });
  try {
    lines = await world.read(FILES);
  } finally {
    for (const end of ends) await end();
  }
});

/** Some columns of a file's rows. */
function of(file: string, ...columns: string[]): unknown[][] {
  return (lines[file] ?? []).map(line => columns.map(column => line[column]));
}

test("the original's CSV is read with its various times, quoted line breaks, and IP in any case", () => {
  assert.deepEqual(of("original.csv", "line", "time", "level", "message", "ip", "service", "endpoint"), [
    [2, "2024-01-15T10:00:00Z", "error", "Payment failed,\n  order 12\n2 of 3 left", "192.168.1.5", "billing", "/pay"],
    [5, "2024-01-15T10:00:01Z", "warn", "Slow", "::1", "web", "/"],
    [6, null, null, null, null, null, null],
    [7, "2024-01-15T10:00:02Z", "critical", 'a "b" c', null, null, null],
    [8, "2024-01-15T10:00:03Z", "info", "x", null, null, null],
    [9, "2024-01-15T08:00:04.5Z", "critical", "y", null, null, null],
    [10, null, null, null, null, null, null],
  ]);
  assert.deepEqual(of("original.csv", "raw", "trace")[0], [
    '2024-01-15 10:00:00,ERROR,"Payment failed,',
    '  order 12\n2 of 3 left",192.168.1.5,billing,/pay?id=1',
  ]);
  assert.deepEqual(of("no-header.csv", "line", "level", "message"), [
    [1, "error", "one"],
    [2, "info", "two"],
  ]);
});

test("syslog of RFC 3164 has the leap day, levels of its priority or else of its words, and a line for what is none", () => {
  assert.deepEqual(of("bsd.log", "line", "time", "level", "service", "ip", "message").slice(0, 6), [
    [1, "2024-02-28T23:59:59Z", "error", "sshd", "10.0.0.1", "Failed password for root from 10.0.0.1 port 22"],
    [2, "2024-02-29T00:00:01Z", "info", "kernel", null, "no errors here"],
    [3, "2024-03-01T00:00:01Z", "info", "CRON", null, "(root) CMD (run-terrors)"],
    [4, "2024-03-01T00:00:02Z", "info", null, null, "last message repeated 2 times"],
    [5, "2024-03-10T00:00:03Z", "error", "app", "2001:db8::7", "connection from 2001:db8::7 port 4, warned"],
    [6, "2024-03-10T00:00:04Z", "warn", "nfs", null, "server not responding"],
  ]);
  assert.deepEqual(of("bsd.log", "line", "parsed", "time").slice(6), [
    [7, false, null],
    [8, false, null],
  ]);
});

test("syslog of RFC 5424 may lack any field of its header; its level is its priority's", () => {
  assert.deepEqual(of("rfc5424.log", "time", "level", "host", "service", "message", "ip"), [
    ["2017-04-27T05:59:12.003Z", "info", "host", "app", "Hello from 10.1.2.3", "10.1.2.3"],
    [null, "critical", null, null, "", null],
    ["2017-04-27T07:59:13Z", "error", "h", "a", "x", null],
    [null, null, null, null, null, null],
  ]);
  assert.deepEqual(of("rfc5424.log", "parsed").flat(), [true, true, true, false]);
});

test("syslog with ISO times, as rsyslog writes it", () => {
  assert.deepEqual(of("iso.log", "format", "time", "level", "host", "service", "message"), [
    ["syslog-iso", "2025-08-31T16:36:55.418891Z", "info", "h1", "sshd", "all well"],
    ["syslog-iso", "2025-08-31T16:36:56.418891Z", "error", "h1", "app", "an error"],
    ["syslog-iso", "2025-08-31T16:36:57Z", "warn", "h2", "kernel", "warning, hot"],
  ]);
});

test("Spark's log, with loggers of any length and stack traces", () => {
  assert.deepEqual(of("spark.log", "line", "level", "service", "message"), [
    [1, "info", "SparkContext", "Running Spark version 4.1.3"],
    [2, "error", "CoarseGrainedExecutorBackend", "Executor 7 lost"],
    [7, "critical", "X", "y"],
    [8, "debug", "X", ""],
  ]);
  assert.equal(
    lines["spark.log"]?.[1]?.trace,
    "java.io.IOException: gone\n\tat a.b.C(D.java:1)\nCaused by: x\n\t... 12 more",
  );
});

test("Spark's structured log, and lines of JSON by the names that loggers use", () => {
  assert.deepEqual(of("spark.json", "format", "parsed", "time", "level", "service", "message"), [
    ["spark-json", true, "2023-03-12T19:02:46.661Z", "error", "BlockManager", "Cannot determine executor 289"],
    ["spark-json", true, "2023-03-12T19:02:47.661Z", "warn", "X", "b"],
    ["spark-json", false, null, null, null, null],
  ]);
  assert.deepEqual(
    of("lines.json", "line", "time", "level", "message", "ip", "endpoint", "host", "status", "seconds"),
    [
      [1, "2023-11-14T22:13:20Z", "error", "pino", null, null, "h", null, null],
      [2, "2023-11-14T22:13:20Z", "info", "<b>bold</b>", "::1", "/a", null, 503, 0.25],
      [3, "2023-11-14T22:13:21Z", "unknown", "no level", null, null, null, null, null],
      [4, null, null, null, null, null, null, null, null],
      [5, null, null, null, null, null, null, null, null],
      [6, "2023-11-14T22:13:22Z", "unknown", "over lines", null, null, null, null, null],
      [10, "2023-11-14T22:13:23Z", "unknown", "traced", null, null, null, null, null],
    ],
  );
});

test("Hadoop and ZooKeeper", () => {
  assert.deepEqual(of("yarn.log", "line", "time", "level", "service", "message"), [
    [
      1,
      "2015-10-18T18:01:47.978Z",
      "info",
      "MRAppMaster",
      "Created MRAppMaster for appattempt_1445144423722_0020_000001",
    ],
    [2, "2015-10-18T18:01:48.963Z", "warn", "Client", "Retrying /10.1.2.3:8030"],
    [4, "2015-10-18T18:01:49Z", "error", "DataNode", "bad"],
    [5, "2015-10-18T18:01:50Z", "critical", "X", "worse"],
  ]);
  assert.deepEqual(of("zookeeper.log", "level", "service", "message"), [
    ["info", "FastLeaderElection", "Notification time out: 3200"],
    ["warn", "QuorumCnxManager$SendWorker", "Send worker leaving thread"],
    ["error", "QuorumPeerConfig", "Invalid"],
  ]);
});

test("Apache's error log of old and new versions, in the zone that was said", () => {
  assert.deepEqual(of("apache_error.log", "time", "level", "service", "ip", "message"), [
    ["2005-12-04T09:47:44Z", "info", null, null, "workerEnv.init() ok /etc/httpd/conf/workers2.properties"],
    ["2005-12-04T09:47:45Z", "error", null, "1.2.3.4", "Directory index forbidden"],
    ["2011-09-09T14:42:29.902022Z", "critical", "core", "72.15.99.187", "File: <script>alert(1)</script>"],
    ["2011-09-09T14:42:30.902022Z", "warn", "ssl", "::1", "x"],
    [null, null, null, null, null],
  ]);
});

test("access lines: combined, common, with a virtual host, with a response time, with no request at all", () => {
  assert.deepEqual(
    of("access.log", "time", "level", "ip", "method", "endpoint", "status", "bytes", "seconds", "host", "template"),
    [
      [
        "2037-12-27T06:30:00Z",
        "error",
        "233.223.117.90",
        "DELETE",
        "/usr/admin",
        502,
        4963,
        0.045,
        null,
        "502 DELETE /usr/admin",
      ],
      [
        "2024-02-29T12:00:00Z",
        "warn",
        "2001:db8::1",
        "GET",
        "/users/77/x",
        404,
        null,
        null,
        null,
        "404 GET /users/<*>/x",
      ],
      [
        "2000-10-10T20:55:36Z",
        "info",
        "10.0.0.1",
        "GET",
        '/a\\"b',
        200,
        2326,
        null,
        "www.example.com",
        '200 GET /a\\"b',
      ],
      ["2000-10-10T20:55:37Z", "warn", "10.0.0.2", null, null, 400, 226, 0.25, null, "400 \\<*>\\<*>"],
      ["2000-10-10T20:55:38Z", "warn", "10.0.0.2", null, null, 408, 0, null, null, "408 -"],
      [null, null, null, null, null, null, null, null, null, null],
    ],
  );
});

test("a log of the portal itself, with what its programs say", () => {
  assert.deepEqual(of("job.log", "line", "level", "message"), [
    [1, "info", "$ node engines/run.ts --claim x.json"],
    [2, "info", "planned: orders (copy)"],
    [3, "error", "orders: failed, 0.3 s: no"],
    [5, "warn", "left behind: lake.a.b"],
    [6, "warn", "TaskSetManager: Lost task 0.0"],
    [7, "critical", "full"],
    [8, "warn", "(node:12) Warning: x"],
    [9, "error", "failed: 1 of 2 tables failed"],
  ]);
  assert.deepEqual(of("job.log", "time").flat().slice(0, 2), [null, "2026-11-24T23:40:44.963Z"]);
});

test("a pattern of one's own, with times of one's own that have no year", () => {
  assert.deepEqual(of("own.log", "time", "level", "service", "ip", "endpoint", "seconds", "message"), [
    ["2023-12-31T22:59:00Z", "error", "web", "10.0.0.1", "/a", 0.5, "it broke"],
    ["2023-12-31T23:01:00Z", "warn", "web", "::1", "/b", 2, "slow"],
    [null, null, null, null, null, null, null],
  ]);
});

test("a file of no known format has a row for every line, none understood", () => {
  assert.deepEqual(of("notes.txt", "line", "raw", "parsed", "format"), [
    [1, "Dear diary,", false, "unknown"],
    [2, "today I saw 3 birds.", false, "unknown"],
  ]);
});

test("no line is lost: rows, the lines that follow them and headers are all physical lines", () => {
  for (const [name, { content }] of Object.entries(FILES)) {
    const physical = String(content).split("\n").length - (String(content).endsWith("\n") ? 1 : 0);
    const rows = lines[name] ?? [];
    const following = rows.reduce((sum, { trace }) => sum + (trace === null ? 0 : String(trace).split("\n").length), 0);
    assert.equal(rows.length + following + (name === "original.csv" ? 1 : 0), physical, name);
  }
});
