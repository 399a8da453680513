import type { LogAnalysis } from "../../core/jobs/analysis.ts";

const FROM = Date.parse("2026-11-23T00:00:00Z");
const STEP = 1_800_000;
const STEPS = 96;

/** What an analysis of two days of two files holds; another seed gives other figures. */
export function demoAnalysis(seed = 0): LogAnalysis {
  const hours = Array.from({ length: STEPS }, (_, hour) => {
    const day = 1 + Math.sin((hour - 12) / 8) ** 2;
    const bad = hour % 48 === 28 ? 12 : 1;
    const count = (share: number, salt: number) =>
      Math.round(day * share * (1 + (((hour * 7 + salt + seed) * 13) % 17) / 20));
    return {
      hour,
      info: count(900, 1),
      debug: count(60, 2),
      warn: count(40, 3),
      error: count(9 * bad, 4),
      critical: hour % 48 === 28 ? 3 : 0,
    };
  });
  const sum = (level: "info" | "debug" | "warn" | "error" | "critical") =>
    hours.reduce((all, one) => all + one[level], 0);
  const at = (hour: number) => new Date(FROM + hour * STEP).toISOString().replace(".000", "");
  const errors = sum("error") + sum("critical");
  const records = errors + sum("info") + sum("debug") + sum("warn") + 37;
  const seen = [at(2), at(95)];
  const named = (names: readonly string[], each: (i: number) => string[]) => names.map((name, i) => [name, ...each(i)]);
  const part = (i: number) => String(Math.round(errors / 2 ** (i + 1.2)));
  const templates = [
    "GET /api/orders/<num> answered <num>",
    "connection to <ip>:<num> refused after <num> ms",
    "Executor <num> lost: heartbeat timed out",
    "upload of <path> failed: <script>alert('x')</script>",
    "out of memory: killed process <num>",
  ];
  return {
    ...{ lines: String(records + 412), records: String(records), notParsed: "37" },
    notParsedSamples: [
      { source: "syslog", line: "1204", raw: "-- MARK --" },
      { source: "syslog", line: "9120", raw: "\u{fffd}\u{fffd} <b>not a line</b> &amp; half of one" },
    ],
    ...{ from: at(0), to: "2026-11-24T23:59:58Z" },
    formats: [
      {
        source: "access.log",
        format: "Combined access log",
        rule: "5xx is an error, 4xx a warning, all else info",
        lines: String(records - 9000),
        notParsed: "0",
      },
      {
        source: "syslog",
        format: "Syslog (RFC 3164)",
        rule: "error, failed or failure is an error; warn or not responding a warning",
        lines: "9412",
        notParsed: "37",
      },
    ],
    levels: Object.fromEntries(
      (["critical", "error", "warn", "info", "debug"] as const).map(level => [level, String(sum(level))]),
    ),
    thresholds: { errorRate: 10, errors: 100, critical: 5 },
    alerts: [
      {
        name: "errors",
        value: errors,
        threshold: 100,
        message: `${errors} errors, more than 100.`,
        at: "2026-11-25T03:20:11Z",
      },
      {
        name: "critical",
        value: 6,
        threshold: 5,
        message: "6 critical lines, more than 5.",
        at: "2026-11-25T03:20:11Z",
      },
    ],
    figures: {
      totals: {
        columns: ["records", "errors", "critical", "not_parsed", "first_seen", "last_seen"],
        rows: [[String(records), String(errors), String(sum("critical")), "37", at(0), "2026-11-24T23:59:58Z"]],
      },
      lines_over_time: {
        columns: ["time", "level", "count"],
        rows: hours.flatMap(({ hour, ...levels }) =>
          Object.entries(levels)
            .filter(([, count]) => count > 0)
            .map(([level, count]) => [at(hour), level, String(count)]),
        ),
      },
      errors_by_type: {
        columns: ["template", "level", "count", "first_seen", "last_seen"],
        rows: named(templates, i => [i === 4 ? "critical" : "error", part(i), ...seen]),
      },
      top_errors: {
        columns: ["message", "level", "service", "count", "first_seen", "last_seen"],
        rows: named(
          [
            "GET /api/orders/17 answered 502",
            "connection to 10.0.0.7:5432 refused after 3000 ms",
            "upload of /tmp/a failed: <script>alert('x')</script>",
          ],
          i => ["error", ["orders", "billing", "files"][i] ?? "", part(i + 1), ...seen],
        ),
      },
      errors_per_ip: {
        columns: ["ip", "errors", "lines"],
        rows: named(["203.0.113.9", "198.51.100.23", "2001:db8::7", "192.0.2.44"], i => [part(i), part(0)]),
      },
      errors_per_service: {
        columns: ["service", "errors", "lines"],
        rows: named(["orders", "billing", "files"], i => [part(i), part(0)]),
      },
      error_trends: {
        columns: ["template", "now", "before", "change"],
        rows: [
          [null, "412", "380", "8.4"],
          ...named(
            templates.slice(0, 4),
            i =>
              [
                ["220", "90", "31", "0"],
                ["100", "120", "0", "12"],
                ["120.0", "-25.0", null, "-100.0"],
              ].map(list => list[i] ?? null) as string[],
          ),
        ],
      },
      first_and_last_seen: {
        columns: ["template", "level", "first_seen", "last_seen", "count"],
        rows: named(templates.slice(2), i => [i === 2 ? "critical" : "error", ...seen, part(i)]),
      },
      errors_by_severity: {
        columns: ["level", "count"],
        rows: (["critical", "error", "warn", "info", "debug"] as const).map(level => [level, String(sum(level))]),
      },
      errors_by_hour: {
        columns: ["hour", "errors", "lines"],
        rows: hours
          .filter(({ hour }) => hour < 48 && hour % 2 === 0)
          .map(({ hour, error, info }) => [String(hour), String(2 * error), String(2 * info)]),
      },
      errors_by_day: {
        columns: ["day", "errors", "lines"],
        rows: [
          ["2026-11-23", part(0), part(0)],
          ["2026-11-24", part(0), part(0)],
        ],
      },
      heat: {
        columns: ["weekday", "hour", "errors", "lines"],
        rows: hours
          .filter(({ hour }) => hour % 2 === 0)
          .map(({ hour, error, info }) => [
            String(1 + Math.floor(hour / 48)),
            String((hour / 2) % 24),
            String(error),
            String(info),
          ]),
      },
      lines_by_type: { columns: ["template", "level", "count"], rows: named(templates, i => ["info", part(i)]) },
      lines_per_endpoint: {
        columns: ["endpoint", "lines", "errors", "seconds"],
        rows: named(["/api/orders", "/api/bills", "/login"], i => [part(0), part(i), "0.412"]),
      },
      lines_per_host: {
        columns: ["host", "lines", "errors"],
        rows: named(["web-1", "web-2"], i => [part(0), part(i)]),
      },
      lines_per_status: {
        columns: ["status", "lines"],
        rows: [
          ["200", "60000"],
          ["404", "812"],
          ["502", "640"],
        ],
      },
    },
    reports: ["errors_by_type.csv", "top_errors.csv", "error_trends.json", "report.html"],
  };
}
