import { DAY, json, type Member, may, testMembers } from "./members.ts";

// More members of each kind of log that was read wrongly once, three at least of each, as programs of the real world write them.
const access = (time: string, rest = "") => `10.0.0.1 - - [${time}] "GET /a HTTP/1.1" 200 12${rest}`;

const KINDS: Readonly<Record<string, Record<string, Member>>> = {
  "the format that explains most lines wins": {
    "first-line.log": {
      lines: [
        `${DAY} 10:00:00, starting, please wait`,
        ...[1, 2, 3, 4].map(i => `${DAY} 10:00:0${i},12${i} ERROR [main] com.x.Y: failed ${i}`),
      ],
      format: /^hadoop$/,
      levels: "- error error error error",
    },
    "json-in-text.log": {
      lines: [
        `${DAY}T10:00:00Z INFO got {"time":"x","level":"error","msg":"y"}`,
        `${DAY}T10:00:01Z ERROR bad {"a":1}`,
        `${DAY}T10:00:02Z WARN slow, very, slow`,
      ],
      format: /^portal$/,
      levels: "info error warn",
    },
    "banner.log": {
      lines: ["#".repeat(40), "#  My App 1.2, 2024, Inc.", ...[0, 1].map(i => `[${DAY} 10:00:0${i}] ERROR one`)],
      levels: "- error error",
    },
  },
  "a level is found where programs put it, else it is unknown": {
    "angles.log": {
      lines: [`${DAY} 10:00:00 <E> x`, `${DAY} 10:00:01 <W> y`, `${DAY} 10:00:02 <I> z`],
      levels: "error warn info",
    },
    "clickhouse.log": {
      lines: [
        "2024.05.06 10:00:00.123456 [ 12 ] {} <Error> Application: x",
        "2024.05.06 10:00:01.123456 [ 12 ] {a-b} <Warning> Q: y",
        "2024.05.06 10:00:02.123456 [ 12 ] {} <Information> Q: z",
      ],
      levels: "error warn info",
    },
    "datadog.json": {
      lines: [
        json(0, { status: "error" }),
        json(1, { status: "warn" }),
        json(2, { status: 404 }),
        json(3, { status: "done" }),
      ],
      levels: "error warn warn unknown",
    },
    "inside.json": {
      lines: [
        json(0, { attributes: { severity: "ERROR" } }),
        json(1, { labels: { level: "warn" } }),
        json(2, { context: { level: "info" } }),
      ],
      levels: "error warn info",
    },
    "brackets.log": {
      lines: ["[ERROR]", "[warn ]", "[INF]", "[DBG]", "[FTL]", "[weird]"].map(
        (word, i) => `${DAY} 10:00:0${i} ${word} x`,
      ),
      levels: "error warn info debug critical unknown",
    },
  },
  "a trace looks like one, and a record is one": {
    "node.log": {
      lines: [
        `${DAY}T10:00:00.123Z error: boom`,
        "Error: boom",
        "    at f (/a/b.js:1:2)",
        `${DAY}T10:00:01.123Z info: ok`,
      ],
      levels: "error info",
    },
    "serilog.log": {
      lines: [
        `${DAY} 10:00:00.123 +00:00 [ERR] Failed`,
        "System.InvalidOperationException: bad",
        "   at A.B.C() in /src/a.cs:line 12",
        "   --- End of inner exception stack trace ---",
        `${DAY} 10:00:01.123 +00:00 [INF] ok`,
      ],
      levels: "error info",
    },
    "two.log": {
      lines: [
        `${DAY} 10:00:00,123 INFO [main] a.B: x`,
        access("06/May/2024:10:00:00 +0000"),
        `${DAY} 10:00:01,123 INFO [main] a.B: x`,
        `[${DAY} 10:00:02] ERROR in app: x`,
      ],
      levels: "info - info error",
    },
  },
  "times are right, or not understood": {
    "access-ms.log": {
      lines: [access("06/May/2024:10:00:00.123 +0200"), access("06/May/2024:10:00:01 +0200")],
      levels: "info info",
      times: [`${DAY}T08:00:00.123Z`, `${DAY}T08:00:01Z`],
    },
    "otel.json": {
      lines: [
        { timeUnixNano: "1714982400000000000", severityNumber: 17, body: { stringValue: "x" } },
        { timeUnixNano: "1714982401000000000", severityNumber: 13, body: { stringValue: "y" } },
      ],
      levels: "error warn",
      times: [`${DAY}T08:00:00Z`, `${DAY}T08:00:01Z`],
    },
    "rfc2822.log": {
      lines: ["Mon, 06 May 2024 10:00:00 GMT ERROR x", "Mon, 06 May 2024 10:00:01 GMT INFO y"],
      levels: "error info",
      times: [`${DAY}T10:00:00Z`, `${DAY}T10:00:01Z`],
    },
    "no-such.log": {
      lines: ["2024-02-30 10:00:00 ERROR x", "2024-02-28 25:00:00 INFO y", "2024-02-28 10:00:00 INFO z"],
      levels: "- - info",
    },
    "zones.log": {
      lines: [`${DAY} 10:00:00 CEST ERROR x`, `${DAY} 10:00:01 EST INFO y`, `${DAY} 10:00:02 UTC WARN z`],
      levels: "error info warn",
      times: [`${DAY}T08:00:00Z`, `${DAY}T15:00:01Z`, `${DAY}T10:00:02Z`],
    },
  },
  "durations have the unit that they say": {
    "durations.json": {
      lines: [
        ...[json(0, { duration: "250ms" }), json(1, { duration_us: 250_000 }), json(2, { latency_seconds: 0.25 })],
        ...[json(3, { took: "1m2s" }), json(4, { elapsed: "2h3m" }), json(5, { duration: "PT2M3.5S" })],
        json(6, { duration: 250 }),
      ],
      levels: Array(7).fill("unknown").join(" "),
      seconds: [0.25, 0.25, 0.25, 62, 7380, 123.5, null],
    },
    "logfmt.log": {
      lines: ["1.5s", "250µs", "2h3m"].map(took => `time=${DAY}T10:00:00Z level=info msg=a duration=${took}`),
      levels: "info info info",
      seconds: [1.5, 0.00025, 7380],
    },
    "nginx.log": {
      lines: [access("06/May/2024:10:00:00 +0000", ' "-" "-" rt=0.250 uct="0.001"')],
      levels: "info",
      seconds: [0.25],
    },
  },
  "a count of zero is no error": {
    "words.log": {
      lines: [
        ...[
          may(0, "a: 0 errors found"),
          may(1, "a: error_count=0"),
          may(2, "a: failed=0 ok=3"),
          may(3, "a: error-free"),
        ],
        ...[may(9, "a: /var/log/error.log rotated"), may(10, "a: fail2ban started"), may(11, "a: error handler set")],
        ...[may(4, "a: errors: 3"), may(5, "a: error_count=2"), may(6, "kernel: Kernel panic - not syncing")],
        ...[may(7, "kernel: Out of memory: Killed process 12"), may(8, "a: terrorist mirrors")],
      ],
      year: 2024,
      levels: "info info info info info info info error error critical error info",
    },
  },
};

testMembers(KINDS);
