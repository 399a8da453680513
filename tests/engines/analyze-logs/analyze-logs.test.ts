import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { sqlName } from "../../../connectors/iceberg/names.ts";
import type { LogAnalysis } from "../../../core/jobs/analysis.ts";
import { newId } from "../../../core/jobs/id.ts";
import { linesTable } from "../../../engines/analyze-logs/parameters.ts";
import { analyseFiltered } from "../../../engines/analyze-logs/portal/lines/filtered.ts";
import { conditionOf, type Filters } from "../../../engines/analyze-logs/portal/lines/filters.ts";
import { logWorld } from "../logs.ts";

// 100 records of a CSV: 30 errors, 6 of them critical, from five addresses and three services, and one line that is none.
const csv = Array.from({ length: 100 }, (_, i) => {
  const level = i < 6 ? "CRITICAL" : i < 30 ? "ERROR" : i < 40 ? "WARN" : "INFO";
  const at = `2026-11-24T${String(i % 10).padStart(2, "0")}:00:00Z`;
  return `${at},${level},"=request ${i} took ${i * 3} ms",10.0.0.${i % 5},svc${i % 3},/api/${i % 2}?q=${i}`;
});
const CSV = ["timestamp,log_level,message,ip,service,endpoint", ...csv, "not a record", ""].join("\n");

const SPARK = [
  "26/11/24 10:00:00 INFO SparkContext: Running Spark version 4.1.0",
  "26/11/24 10:00:01 ERROR Executor: Exception in task 3.0 in stage 1.0",
  "java.lang.RuntimeException: no <b>luck</b>",
  "\tat org.example.Main.run(Main.java:12)",
  "26/11/24 10:00:02 WARN TaskSetManager: Lost task 3.0",
  "",
].join("\n");

test("mixed files, packed ones too: every line is counted, alerts are raised and told, reports written, and a second attempt keeps what is whole", async t => {
  const { settings, session, put, analyse } = await logWorld(t);
  const told: string[] = [];
  const hook = createServer((request, response) => {
    request.on("data", chunk => told.push(String(chunk))).on("end", () => response.writeHead(204).end());
  });
  await new Promise<void>(ready => hook.listen(0, "127.0.0.1", ready));
  t.after(() => hook.close());
  const url = `http://127.0.0.1:${(hook.address() as { port: number }).port}/secret-path`;
  put("app-1.csv", CSV);
  put("spark.log.gz", gzipSync(SPARK));
  const parameters = { files: ["app-*.csv", "spark.log.gz"], webhook: true, topN: 5 };
  const first = await analyse(parameters, { settings: { ALERT_WEBHOOK_URL: url } });
  assert.equal(first.exitCode, 0, first.error?.message);
  const [outcome] = first.outcomes;
  const analysis = outcome?.analysis;
  assert.ok(analysis);

  assert.equal(outcome?.table, "app-1.csv and 1 more log");
  assert.deepEqual(outcome?.figures, { lines: "107", records: "104", notParsed: "1", errors: "31", critical: "6" });
  assert.deepEqual(analysis.levels, { critical: "6", error: "25", warn: "11", info: "61" });
  assert.deepEqual(analysis.notParsedSamples, [{ source: "app-1.csv", line: "102", raw: "not a record" }]);
  assert.deepEqual(
    analysis.formats.map(({ source, format, lines, notParsed }) => [source, format, lines, notParsed]),
    [
      ["app-1.csv", "csv", "102", "1"],
      ["spark.log.gz", "spark", "5", "0"],
    ],
  );
  assert.deepEqual([analysis.from, analysis.to], ["2026-11-24T00:00:00Z", "2026-11-24T10:00:02Z"]);
  figuresAre(analysis);
  const [proof] = first.proofs as { verdict: string; source: object; targetFigures: object }[];
  assert.deepEqual([proof?.verdict, proof?.source, proof?.targetFigures], ["equal", { rows: "107" }, { rows: "107" }]);
  const [trace] = await session.query(`select line, trace from ${first.lines} where trace is not null`);
  assert.deepEqual([Number(trace?.line), String(trace?.trace).split("\n").length], [2, 2]);
  const properties = await session.command(`show tblproperties ${first.lines}`);
  assert.ok(properties.some(row => row.key === "portal.job" && row.value === first.id));

  await t.test(
    "alerts stand in the record, the log of alerts and the job's log; the webhook is told, its address nowhere",
    () => {
      assert.deepEqual(
        analysis.alerts.map(({ name, value, threshold }) => [name, Number(value.toFixed(2)), threshold]),
        [
          ["errorRate", 30.1, 10],
          ["critical", 6, 5],
        ],
      );
      const log = readFileSync(join(settings.DATA_DIR, "reports", "alerts.log"), "utf8")
        .trim()
        .split("\n");
      assert.equal(log.length, 2);
      assert.match(
        log[0] ?? "",
        new RegExp(`^\\S+Z ALERT ${first.id} errorRate The error rate is 30.1 %, more than 10 %\\.$`),
      );
      assert.ok(
        first.events.some(
          event => event.event === "note" && /alert: There are 6 critical lines, more than 5/.test(event.message),
        ),
      );
      const [body] = told.map(text => JSON.parse(text) as { job: string; alerts: unknown[] });
      assert.deepEqual([body?.job, body?.alerts.length], [first.id, 2]);
      assert.doesNotMatch(JSON.stringify([first.outcomes, first.events]), /secret-path/);
    },
  );

  await t.test(
    "a filter finds a text in capitals or not, in a line or its trace, and counts what is left anew",
    async () => {
      const options = { topN: 5, width: 3600, period: { from: 0, to: 1 } };
      const found = async (filters: Filters) => {
        const which = { job: first.id, lines: 107, where: conditionOf(filters) };
        const figures = await analyseFiltered(session, which, options);
        return [figures.totals, figures.top_errors, figures.errors_per_ip].map(one => one?.rows[0]?.[0] ?? null);
      };
      assert.deepEqual(await found({ text: "REQUEST 7 took" }), ["1", "=request 7 took 21 ms", "10.0.0.2"]);
      assert.deepEqual(await found({ text: "main.JAVA:12" }), ["1", "Exception in task 3.0 in stage 1.0", null]);
      assert.deepEqual(await found({ levels: ["warn"] }), ["11", null, "10.0.0.0"]);
      assert.deepEqual(await found({ text: "nowhere" }), [null, null, null]);
    },
  );

  await t.test("reports hold the same figures, and no formula", () => {
    const read = (name: string) => readFileSync(join(settings.DATA_DIR, "reports", name), "utf8");
    assert.equal(
      read("csv/errors_per_service.csv"),
      "service,errors,lines\r\nsvc0,10,34\r\nsvc1,10,33\r\nsvc2,10,33\r\n".replace(
        "svc2,10,33\r\n",
        `svc2,10,33\r\nExecutor,1,1\r\nSparkContext,0,1\r\n`,
      ),
    );
    assert.match(read("csv/top_errors.csv"), /\r\n"?'=request /);
    assert.deepEqual(JSON.parse(read("json/errors_by_severity.json")), [
      { level: "critical", count: 6 },
      { level: "error", count: 25 },
      { level: "warn", count: 11 },
      { level: "info", count: 61 },
    ]);
    assert.deepEqual(JSON.parse(read("json/errors_by_day.json")), [{ day: "2026-11-24", errors: 31, lines: 103 }]);
    assert.ok(Array.isArray(JSON.parse(read("json/error_trends.json"))));
    for (const name of analysis.reports)
      assert.ok(existsSync(join(settings.DATA_DIR, "reports", first.id, name)), name);
    const page = read(`${first.id}/report.html`);
    assert.doesNotMatch(page, /<script|<link|https?:\/\/(?!www\.w3\.org)/);
    assert.match(page, /30\.1 %/);
  });

  await t.test(
    "an attempt that comes after a table was written, and before that was told, keeps the table",
    async () => {
      const again = await analyse(parameters, {
        id: first.id,
        attempt: 2,
        settings: { ALERT_WEBHOOK_URL: "http://127.0.0.1:9" },
      });
      assert.equal(again.exitCode, 0, again.error?.message);
      const [kept] = again.outcomes;
      assert.equal(kept?.targetSnapshot, outcome?.targetSnapshot);
      assert.deepEqual(kept?.analysis?.figures, analysis.figures);
      assert.match(kept?.notes?.join(" ") ?? "", /The webhook was not told \([\w ]+\): look at ALERT_WEBHOOK_URL\./);
      const log = readFileSync(join(settings.DATA_DIR, "reports", "alerts.log"), "utf8")
        .trim()
        .split("\n");
      assert.equal(log.length, 2, "alerts are told once");
    },
  );
});

const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);

test("a folder of analyses.json: files of it that can't be read are told apart, and old tables of analyses go", async t => {
  const { settings, session, analyse } = await logWorld(t);
  const folder = join(settings.DATA_DIR, "data", "raw_logs", "deep");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "picture.log"), Buffer.from([0x89, 0x50, 0, 1, 2, 3]));
  writeFileSync(join(folder, "empty.log"), "");
  const line = (i: number, message: string) => `2026-11-24 10:00:${10 + i},000 own [x] ${message}\n`;
  writeFileSync(join(folder, "own.log"), line(0, "it failed") + line(1, "all is well"));
  writeFileSync(
    join(settings.DATA_DIR, "analyses.json"),
    JSON.stringify({
      thresholds: { errors: 0 },
      keepDays: 1,
      patterns: { mine: { pattern: "(?<time>\\S+ \\S+) own \\[(?<service>\\w+)\\] (?<message>.*)" } },
    }),
  );
  // Older than this test keeps them, not than others of this run do.
  const [job, other] = [newId("analyze-logs", twoDaysAgo), newId("analyze-logs", twoDaysAgo)];
  const [old, foreign] = [sqlName(linesTable(job)), sqlName(linesTable(other))];
  await session.command("create namespace if not exists lake.analyses");
  await session.command(`create or replace table ${old} (a int) using iceberg tblproperties ('portal.job' = '${job}')`);
  await session.command(`create or replace table ${foreign} (a int) using iceberg`);
  const { exitCode, outcomes, error } = await analyse({ format: "mine" });
  assert.equal(exitCode, 0, error?.message);
  const [read, ...others] = outcomes;
  assert.deepEqual([read?.table, read?.outcome, read?.figures?.errors], ["own.log", "succeeded", "1"]);
  assert.deepEqual(
    read?.analysis?.alerts.map(({ name }) => name),
    ["errorRate", "errors"],
  );
  assert.deepEqual(others.map(({ table, outcome, error }) => [table, outcome, error?.message]).sort(), [
    ["empty.log", "skipped", "empty.log is empty: there is nothing to analyse."],
    ["picture.log", "skipped", "picture.log can't be read. The file is no text: it has zero bytes."],
  ]);
  assert.match(read?.notes?.join(" ") ?? "", /the lines of [1-9] anal.s.s older than 1 day were dropped/);
  const left = (await session.command("show tables in lake.analyses")).map(row => String(row.tableName));
  assert.deepEqual(
    [job, other].map(id => left.includes(linesTable(id).table)),
    [false, true],
  );
  await session.command(`drop table if exists ${foreign} purge`);
});

test("what can't be analysed says why, and writes nothing", async t => {
  const { settings, put, analyse } = await logWorld(t);
  put("empty.log", "");
  put("binary.log", Buffer.from([1, 0, 2]));
  const { exitCode, outcomes } = await analyse({
    files: ["no.log", "empty.log", "binary.log", "/etc/hostname", "no-*.log"],
  });
  assert.equal(exitCode, 1);
  assert.deepEqual(
    outcomes.map(({ outcome, error }) => [outcome, error?.message]),
    [
      ["failed", "There is no uploaded file no.log. Upload it on /analyses, or name one of those there."],
      [
        "failed",
        "There is no file /etc/hostname that may be read here: upload it, or let an administrator add its folder to FILES_FROM in .env.",
      ],
      ["failed", "No uploaded file is named like no-*.log."],
      ["failed", "empty.log is empty: there is nothing to analyse."],
      ["failed", "binary.log can't be read. The file is no text: it has zero bytes."],
    ],
  );
  assert.equal(existsSync(join(settings.DATA_DIR, "reports")), false);
  const strange = await analyse({ files: ["binary.log"], format: "sysloog" });
  assert.match(strange.error?.message ?? "", /There is no log format sysloog\. Did you mean syslog\?/);
});

function figuresAre({ figures }: LogAnalysis): void {
  const rows = (name: string) => figures[name]?.rows;
  assert.deepEqual(rows("totals"), [["104", "31", "6", "1", "2026-11-24T00:00:00Z", "2026-11-24T10:00:02Z"]]);
  assert.deepEqual(
    rows("errors_per_ip"),
    [0, 1, 2, 3, 4].map(i => [`10.0.0.${i}`, "6", "20"]),
  );
  assert.deepEqual(rows("errors_by_hour")?.slice(-2), [
    ["9", "3", "10"],
    ["10", "1", "3"],
  ]);
  assert.deepEqual(rows("heat")?.[0], ["2", "0", "3", "10"]);
  assert.deepEqual(rows("errors_by_type")?.[0], [
    ...["=request <*> took <*> ms", "error", "24", "2026-11-24T00:00:00Z", "2026-11-24T09:00:00Z"],
  ]);
  assert.deepEqual(rows("lines_per_endpoint"), [
    ["/api/0", "50", "15", null],
    ["/api/1", "50", "15", null],
  ]);
  assert.equal(rows("top_errors")?.length, 5);
  // The period is the second half, from five o'clock on; a row without a template is all of them.
  assert.deepEqual(rows("error_trends")?.[0], [null, "13", "18", "-27.8"]);
}
