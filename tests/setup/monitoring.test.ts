import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";
import { startApi } from "../server/api.ts";
import { temporaryFolder } from "./stamped.ts";

const FOLDER = join(PROJECT, "setup", "monitoring");
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

const dashboard = JSON.parse(read("grafana-dashboard.json")) as Dashboard;
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

async function promtool(...words: string[]) {
  return await execa("promtool", words, { reject: false, all: true, cwd: FOLDER });
}

const isThere = (await promtool("--version")).exitCode === 0;
const options = isThere ? {} : { skip: "promtool is not installed (Debian's package prometheus)" };

test("Prometheus takes the rules and the lines of its configuration", options, async () => {
  for (const words of [
    ["check", "rules", "rules.yml"],
    ["check", "config", "--syntax-only", "scrape.yml"],
  ]) {
    const { exitCode, all } = await promtool(...words);
    assert.equal(exitCode, 0, all);
  }
});

test("each fault raises its alert, and a calm day raises none", options, async t => {
  const { exitCode, all } = await promtool("test", "rules", "rules.test.yml");
  assert.equal(exitCode, 0, all);
  const folder = temporaryFolder(t);
  cpSync(FOLDER, folder, { recursive: true });
  writeFileSync(join(folder, "rules.yml"), read("rules.yml").replace("portal_worker_up == 0", "portal_worker_up == 1"));
  assert.notEqual((await promtool("test", "rules", join(folder, "rules.test.yml"))).exitCode, 0);
});

test("every alert has a test", () => {
  const alerts = [...read("rules.yml").matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  assert.ok(alerts.length > 5);
  for (const name of alerts) assert.ok(read("rules.test.yml").includes(`alertname="${name}"`), name);
});

test("the dashboard's queries are queries", options, async t => {
  const rules = queries.map((expr, i) => ({ record: `query:${i}`, expr }));
  const path = join(temporaryFolder(t), "queries.yml");
  writeFileSync(path, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  const { exitCode, all } = await promtool("check", "rules", path);
  assert.equal(exitCode, 0, all);
});

test("rules and dashboard name only figures that the portal has", async t => {
  const { call, layout } = await startApi(t, { role: "viewer" });
  const at = new Date().toISOString();
  const services = { spark: { ok: true, ms: 1 } };
  writeFileSync(layout.heartbeat, JSON.stringify({ pid: 1, host: "elsewhere", since: at, at, running: [], services }));
  const { text } = await call("GET", "/metrics");
  const there = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const named = [...queries, read("rules.yml")].join("\n").matchAll(/\b(?:portal|process)_[a-z0-9_]+/g);
  const names = [...new Set([...named].map(([name]) => name.replace(/_(?:count|bucket|sum)$/, "")))];
  assert.ok(names.length > 8);
  assert.deepEqual(
    names.filter(name => !there.has(name)),
    [],
  );
});

test("no file of the monitoring holds a secret or the name of a person", () => {
  for (const name of readdirSync(FOLDER)) assert.doesNotMatch(read(name), /password|bearer_token:|\bcredentials: /i);
});
