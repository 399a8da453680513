import assert from "node:assert/strict";
import { before, test } from "node:test";
import { named } from "../../log-formats/formats/named.ts";
import { type Line, logWorld, type Made } from "./world.ts";

const own = named({
  name: "own",
  pattern: String.raw`(?<time>\d\d\.\d\d\. \d\d:\d\d) \((?<service>\w+)\) (?<level>[A-Z]+) (?<ip>\S+) (?<endpoint>\S+) took (?<seconds>[\d.]+) (?<message>.*)`,
  time: "dd.MM. HH:mm",
});

const AGENT = '"-" "Mozilla/5.0 (Windows NT 10.0) \\"quoted\\""';

const FILES: Record<string, Made> = {
  "original.csv": {
    content:
      'timestamp,log_level,message,IP,service,endpoint\r\n2024-01-15 10:00:00,ERROR,"Payment failed,\r\n  order 12\r\n2 of 3 left",192.168.1.5,billing,/pay?id=1\r\n15/01/2024 10:00:01,warning,Slow,::1,web,/\r\nJunk\r\n01/15/2024 10:00:02,CRITICAL,"a ""b"" c",,,\r\n1705312803,Info,x,,,\r\n2024-01-15T10:00:04.5+02:00,FATAL,y,,,\r\n2024-13-45 10:00:00,INFO,no such day,,,\r\n',
  },
  "no-header.csv": { content: "2024-01-15 10:00:00,ERROR,one\n2024-01-15 10:00:01,INFO,two\n" },
  "bsd.log": {
    content: [
      "Feb 28 23:59:59 web1 sshd[12]: Failed password for root from 10.0.0.1 port 22",
      "Feb 29 00:00:01 web1 kernel: no errors here",
      "Mar  1 00:00:01 web1 CRON[7]: (root) CMD (run-terrors)",
      "Mar  1 00:00:02 web1 last message repeated 2 times",
      "<11>Mar 10 00:00:03 web1 app: connection from 2001:db8::7 port 4, warned",
      "Mar 10 00:00:04 web1 nfs: server not responding",
      "@@ nothing @@",
      "Feb 30 00:00:00 web1 x: no such day",
    ].join("\n"),
    year: 2024,
  },
  "rfc5424.log": {
    content:
      '<165>1 2017-04-27T07:59:12.003+02:00 host app 123 ID47 [a@1 k="v \\] w"][b x="1"] \uFEFFHello from 10.1.2.3\n<8>1 - - - - - -\n<27>1 2017-04-27T07:59:13Z h a - - - x\n<27>1 yesterday h a - - - x\n',
  },
  "iso.log": {
    content:
      "2025-08-31T09:36:55.418891-07:00 h1 sshd[5]: all well\n2025-08-31T09:36:56.418891-07:00 h1 app: an error\n2025-08-31T09:36:57-07:00 h2 kernel: warning, hot\n",
  },
  "spark.log": {
    content:
      "26/11/23 10:00:00 INFO SparkContext: Running Spark version 4.1.3\n26/11/23 10:00:01 ERROR executor.CoarseGrainedExecutorBackend: Executor 7 lost\njava.io.IOException: gone\n\tat a.b.C(D.java:1)\nCaused by: x\n\t... 12 more\n26/11/23 10:00:02 FATAL X: y\n26/11/23 10:00:03 TRACE X:\n",
  },
  "spark.json": {
    content:
      '{"ts":"2023-03-12T12:02:46.661-0700","level":"ERROR","msg":"Cannot determine executor 289","context":{"executor_id":"289"},"exception":{"class":"org.apache.spark.SparkException","msg":"x","stacktrace":[]},"logger":"BlockManager"}\n{"ts":"2023-03-12T12:02:47.661-0700","level":"WARN","msg":"b","logger":"X"}\n{"ts":"2023-03-\n',
  },
  "lines.json": {
    content:
      '{"time":1700000000000,"level":50,"msg":"pino","hostname":"h","name":"api"}\n{"@timestamp":"2023-11-14T22:13:20Z","severity":"notice","message":"<b>bold</b>","remote_addr":"::1","path":"/a?b=1","status":"503","duration_ms":250}\n{"time":"2023-11-14T22:13:21Z","message":"no level"}\n[1,2]\n{"a":1}\n{\n  "time": "2023-11-14T22:13:22Z",\n  "message": "over lines"\n}\n{"time":"2023-11-14T22:13:23Z","message":"traced"}\n\tat a.b(C.java:1)\n',
  },
  "yarn.log": {
    content:
      "2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster for appattempt_1445144423722_0020_000001\n2015-10-18 18:01:48,963 WARN [Thread[x,5]] org.apache.hadoop.ipc.Client: Retrying /10.1.2.3:8030\njava.net.ConnectException: refused\n2015-10-18 18:01:49,000 ERROR org.apache.hadoop.hdfs.DataNode: bad\n2015-10-18 18:01:50,000 FATAL org.apache.hadoop.X (X.java:run(12)) - worse\n",
  },
  "zookeeper.log": {
    content:
      "2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200\n2015-07-29 19:04:12,394 - WARN  [SendWorker:188978561024:QuorumCnxManager$SendWorker@688] - Send worker leaving thread\n2015-07-29 19:04:13,000 [myid:3] - ERROR [main:o.a.z.QuorumPeerConfig@101] - Invalid\n",
  },
  "apache_error.log": {
    content:
      "[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties\n[Sun Dec 04 04:47:45 2005] [error] [client 1.2.3.4] Directory index forbidden\n[Fri Sep 09 10:42:29.902022 2011] [core:crit] [pid 35708:tid 432] (13)Permission denied: [client 72.15.99.187:5012] File: <script>alert(1)</script>\n[Fri Sep 09 10:42:30.902022 2011] [ssl:warn] [pid 1] [client ::1:5012] x\n[Fri Foo 09] broken\n",
    timeZone: "America/New_York",
  },
  "access.log": {
    content: [
      `233.223.117.90 - - [27/Dec/2037:12:00:00 +0530] "DELETE /usr/admin?a=1 HTTP/1.0" 502 4963 ${AGENT} 45`,
      `2001:db8::1 - bob [29/Feb/2024:12:00:00 +0000] "GET /users/77/x HTTP/1.1" 404 - ${AGENT}`,
      'www.example.com:443 10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a\\"b HTTP/1.0" 200 2326',
      '10.0.0.2 - - [10/Oct/2000:13:55:37 -0700] "\\x16\\x03" 400 226 "-" "-" 0.250',
      '10.0.0.2 - - [10/Oct/2000:13:55:38 -0700] "-" 408 0',
      '10.0.0.2 - - [32/Oct/2000:13:55:38 -0700] "GET / HTTP/1.0" 200 1',
      "",
    ].join("\n"),
  },
  "job.log": {
    content:
      "$ node engines/run.ts --claim x.json\n2026-11-24T23:40:44.963Z planned: orders (copy)\n2026-11-24T23:40:45.000Z orders: failed, 0.3 s: no\n    at x (y.ts:1)\n2026-11-24T23:40:46.000Z left behind: lake.a.b\n26/11/24 23:40:47 WARN TaskSetManager: Lost task 0.0\n2026-11-24 23:40:48,123 - root - CRITICAL - full\n(node:12) Warning: x\nfailed: 1 of 2 tables failed\n",
  },
  "own.log": {
    content:
      "31.12. 23:59 (web) E 10.0.0.1 /a took 0.5 it broke\n01.01. 00:01 (web) WARN ::1 /b took 2 slow\n01.01. 00:01 (web) INFO x\n",
    patterns: [own],
    asked: "own",
    year: 2023,
    timeZone: "Europe/Berlin",
  },
  "notes.txt": { content: "Dear diary,\ntoday I saw 3 birds.\n" },
};

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
    [2, "2024-02-29T00:00:01Z", "error", "kernel", null, "no errors here"],
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
      [3, "2023-11-14T22:13:21Z", "info", "no level", null, null, null, null, null],
      [4, null, null, null, null, null, null, null, null],
      [5, null, null, null, null, null, null, null, null],
      [6, "2023-11-14T22:13:22Z", "info", "over lines", null, null, null, null, null],
      [10, "2023-11-14T22:13:23Z", "info", "traced", null, null, null, null, null],
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
