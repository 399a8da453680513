import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readSettings } from "../../../core/settings.ts";
import { analysisColumns } from "../../../engines/analyze-logs/analyses/analysis.ts";
import { analyses } from "../../../engines/analyze-logs/analyses/list.ts";
import arrivals from "../../../engines/analyze-logs/arrivals.ts";
import { readAnalysesConfig } from "../../../engines/analyze-logs/config.ts";
import { optionsFor } from "../../../engines/analyze-logs/options.ts";
import { filesAt } from "../../../engines/analyze-logs/places.ts";
import { conditionOf } from "../../../engines/analyze-logs/portal/lines/filters.ts";
import { logAlerts, raisedAlerts } from "../../../engines/analyze-logs/report/alerts.ts";
import { CSV_REPORTS, csvText, JSON_REPORTS, objectsOf } from "../../../engines/analyze-logs/report/reports.ts";
import { thresholdsOf, USUAL } from "../../../engines/analyze-logs/report/thresholds.ts";
import { postAlerts } from "../../../engines/analyze-logs/report/webhook.ts";

const AT = "2026-11-25T10:00:00.000Z";

test("an alert is raised above its threshold, not at it", () => {
  const names = (counts: Parameters<typeof raisedAlerts>[0]) => raisedAlerts(counts, USUAL, AT).map(({ name }) => name);
  assert.deepEqual(names({ parsed: 1000, errors: 100, critical: 5 }), []);
  assert.deepEqual(names({ parsed: 999, errors: 100, critical: 5 }), ["errorRate"]);
  assert.deepEqual(names({ parsed: 10_000, errors: 101, critical: 5 }), ["errors"]);
  assert.deepEqual(names({ parsed: 10_000, errors: 100, critical: 6 }), ["critical"]);
  assert.deepEqual(names({ parsed: 0, errors: 0, critical: 0 }), []);
  const [alert] = raisedAlerts({ parsed: 100_000, errors: 1234, critical: 0 }, USUAL, AT);
  assert.deepEqual(alert, {
    ...{ name: "errors", value: 1234, threshold: 100, at: AT },
    message: "There are 1,234 errors, more than 100.",
  });
});

test("a job's own thresholds go before those of analyses.json, and those before the usual ones", () => {
  assert.deepEqual(thresholdsOf({ errors: 7, critical: 1 }, undefined, { errors: 9 }), {
    ...{ errorRate: 10, errors: 9, critical: 1 },
  });
});

test("alerts are whole lines, each once for its job", t => {
  const root = folder(t);
  const alerts = raisedAlerts({ parsed: 10, errors: 5, critical: 0 }, USUAL, AT);
  for (const job of ["one", "two", "one"]) logAlerts(root, job, alerts);
  const lines = readFileSync(join(root, "reports", "alerts.log"), "utf8");
  assert.equal(
    lines,
    ["one", "two"].map(job => `${AT} ALERT ${job} errorRate The error rate is 50 %, more than 10 %.\n`).join(""),
  );
});

test("filters become one condition; what is no time or level is left out, and nothing gets out of its quotes", () => {
  assert.equal(conditionOf({}), "");
  assert.equal(conditionOf({ from: "x", levels: ["loud"] }), "");
  assert.equal(
    conditionOf({ from: "2026-11-25T10:00", to: "2026-11-26T00:00:00+02:00", levels: ["error", "warn"] }),
    "time >= timestamp '2026-11-25T10:00:00.000Z' and day >= date '2026-11-25' and " +
      "time < timestamp '2026-11-25T22:00:00.000Z' and day <= date '2026-11-25' and level in ('error', 'warn')",
  );
  assert.equal(conditionOf({ service: "a' or '1'='1\\" }), "service = 'a\\' or \\'1\\'=\\'1\\\\'");
  const [raw, trace] = ["raw", "trace"].map(it => `contains(${it}, '\\'') and contains(lower(${it}), 'it\\'s')`);
  assert.equal(conditionOf({ text: "It's" }), `(${raw} or ${trace})`);
  assert.equal(conditionOf({ text: "Äh" }), "(contains(lower(raw), 'äh') or contains(lower(trace), 'äh'))");
});

test("the steps of time fit: never more than 120, and the period of trends is the second half", () => {
  const auto = { histogram: "auto", trend: "auto" };
  const from = "2026-11-25T00:00:00Z";
  for (const [to, width] of [
    ["2026-11-25T00:01:00Z", 1],
    ["2026-11-25T01:00:00Z", 60],
    ["2026-11-26T00:00:00Z", 900],
    ["2026-12-25T00:00:00Z", 43_200],
    ["2036-11-25T00:00:00Z", 31 * 86_400],
  ] as const) {
    const found = optionsFor({ from, to }, 10, auto);
    const span = (Date.parse(to) - Date.parse(from)) / 1000;
    assert.equal(found.width, width, to);
    assert.ok(Math.floor(span / found.width) + 2 <= 121, to);
    assert.equal(found.period.to - found.period.from, Math.ceil(span / 2));
  }
  const { width, period } = optionsFor({ from, to: from }, 10, { histogram: "5 minutes", trend: "1 day" });
  assert.deepEqual([width, period.to - period.from], [300, 86_400]);
  assert.equal(optionsFor({}, 10, auto).width, 1);
});

test("every report is an analysis, names are told once, and orders are of columns that there are", () => {
  const names = analyses.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of [...CSV_REPORTS, ...JSON_REPORTS]) assert.ok(names.includes(name), name);
  for (const analysis of analyses) {
    assert.ok(Object.keys(analysis.by).length <= 3, analysis.name);
    for (const column of analysis.order)
      assert.ok(
        [...analysisColumns(analysis), "rise"].includes(column.replace(/^-/, "")),
        `${analysis.name} by ${column}`,
      );
  }
});

test("reports keep signs and commas, and make no formula", () => {
  const figures = {
    columns: ["message", "count"],
    rows: [
      ['=1+1,"x"', "2"],
      [null, "1"],
    ],
  };
  assert.equal(csvText(figures), `message,count\r\n"'=1+1,""x""",2\r\n,1\r\n`);
  assert.deepEqual(objectsOf(figures), [
    { message: '=1+1,"x"', count: 2 },
    { message: null, count: 1 },
  ]);
  assert.equal(csvText(undefined), "\r\n");
});

test("analyses.json has defaults, places and patterns, and says in a sentence what is wrong", t => {
  const root = folder(t);
  const config = (value: unknown) => {
    writeFileSync(join(root, "analyses.json"), typeof value === "string" ? value : JSON.stringify(value));
    return readAnalysesConfig({ DATA_DIR: root });
  };
  const usual = readAnalysesConfig({ DATA_DIR: root });
  assert.deepEqual([usual.thresholds, usual.topN, usual.folders], [USUAL, 10, [join(root, "data", "raw_logs")]]);
  const own = config({
    watch: [{ folder: "in", files: "*.log", year: 2026 }],
    patterns: { p: { pattern: "(?<message>.*)" } },
  });
  assert.deepEqual(
    own.patterns.map(({ name }) => name),
    ["p"],
  );
  const [watched] = arrivals.folders(readSettings({ DATA_DIR: root }, "/nowhere/.env"));
  assert.ok(watched);
  assert.equal(watched.folder, join(root, "in"));
  assert.deepEqual(["a.log", ".a.log", "a.txt"].map(watched.isWanted), [true, false, false]);
  assert.deepEqual(watched.jobFor(["/in/a.log"]), {
    type: "analyze-logs",
    parameters: { files: ["/in/a.log"], year: 2026 },
  });
  for (const [wrong, sentence] of [
    ["{", /analyses\.json can't be read: .+\.$/],
    [{ topN: 0 }, /analyses\.json is wrong: line 1, topN: .+\.$/],
    [{ tresholds: {} }, /"?tresholds"?.*thresholds/],
    [{ timeWindows: { trend: "soon" } }, /timeWindows\.trend: expected "auto"/],
    [{ patterns: { access: { pattern: "x" } } }, /no pattern can be called access/],
    [{ patterns: { p: { pattern: "(" } } }, /The pattern p is no regular expression/],
    [{ watch: [{ folder: "in", timeZone: "Mars/Base" }] }, /watch\[0\]\.timeZone: expected a time zone/],
  ] as const)
    assert.throws(() => config(wrong), sentence);
});

test("files are found by name, folder and star, in allowed places only, and a link leads nowhere else", t => {
  const root = folder(t);
  const places = {
    settings: { DATA_DIR: root, FILES_FROM: undefined },
    config: { folders: [join(root, "raw")], watch: [] },
  };
  mkdirSync(join(root, "raw", "deep"), { recursive: true });
  mkdirSync(join(root, "uploads"));
  for (const name of ["raw/a.log", "raw/deep/b.log", "raw/.hidden", "raw/c.txt", "uploads/d.log"])
    writeFileSync(join(root, name), "x\n");
  const found = (asked: string) => filesAt(asked, places).map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
  assert.deepEqual(
    found("raw/"),
    ["a.log", "c.txt", "b.log"].sort((x, y) => "acb".indexOf(x[0] ?? "") - "acb".indexOf(y[0] ?? "")),
  );
  assert.deepEqual(found("raw/*.log"), ["a.log"]);
  assert.deepEqual(found(join(root, "raw", "**", "*.log")), ["a.log", "b.log"]);
  assert.deepEqual(found("d.log"), ["d.log"]);
  assert.deepEqual(found("*.log"), ["d.log"]);
  assert.throws(() => found("../x.log"), /There is no file \.\.\/x\.log that may be read here/);
  symlinkSync("/etc/hostname", join(root, "raw", "out.log"));
  assert.throws(() => found("raw/out.log"), /There is no file raw\/out\.log that may be read here/);
});

test("a webhook that is not set or does not answer is a sentence without its address", async () => {
  const told = { job: "j", title: "t", records: "1", errors: "1", alerts: [] };
  assert.match((await postAlerts(undefined, told)) ?? "", /ALERT_WEBHOOK_URL=/);
  const sentence = await postAlerts("http://127.0.0.1:1/secret", told);
  assert.match(sentence ?? "", /^The webhook was not told \([\w ]+\): look at ALERT_WEBHOOK_URL\.$/);
});

function folder(t: Pick<TestContext, "after">): string {
  const root = mkdtempSync(join(tmpdir(), "portal-logs-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}
