import type { Outcome } from "../../../core/jobs/outcome.ts";
import type { JobProgress, TableProgress } from "../../../core/jobs/progress.ts";
import type { Settings } from "../../../core/settings.ts";
import type { Health } from "../../../core/store/heartbeat.ts";
import type { ServiceLine } from "../../../views/pages/doctor/doctor-remedy.ts";
import { serviceTitle } from "../../state/portal-status.ts";

/** What is known of the services. */
export interface KnownService {
  health: Readonly<Record<string, Health>>;
  /** Of the last test that has ended. */
  outcomes: readonly Outcome[];
  /** Of the test that runs now. */
  progress?: JobProgress;
  settings: Settings;
}

/** Every service that the worker or a test has looked at, those that the worker sees first. */
export function serviceLines({ health, outcomes, progress, settings }: KnownService): ServiceLine[] {
  const running = new Map(progress?.tables.map(table => [table.table, table]));
  const ended = new Map(outcomes.map(outcome => [outcome.table, outcome]));
  const names = [...new Set([...Object.keys(health), ...running.keys(), ...ended.keys()])];
  return names.map(name => {
    const now = health[name];
    const table = running.get(name);
    const tested = table ? testOf(table) : ofOutcome(ended.get(name));
    const line = { name, title: titleOf(name), ...(now && { now }), ...(tested && { tested }) };
    const hint = mending(line, settings);
    return { ...line, ...(hint && { hint }) };
  });
}

function titleOf(name: string): string {
  return (
    TITLES[name] ?? (name.startsWith("catalog ") ? `Catalog ${name.slice("catalog ".length)}` : serviceTitle(name))
  );
}

const TITLES: Readonly<Record<string, string>> = {
  node: "Node",
  python: "Python",
  java: "Java",
  installed: "Spark's own files",
  folders: "Folders",
  disk: "Disk",
  redaction: "Secrets in Spark's logs",
};

function testOf({ state, outcome }: TableProgress): ServiceLine["tested"] {
  if (outcome) return ofOutcome(outcome);
  return { state: state === "running" ? "running" : "pending", notes: [] };
}

function ofOutcome(outcome: Outcome | undefined): ServiceLine["tested"] {
  if (!outcome) return undefined;
  const { outcome: state, notes = [], error, seconds } = outcome;
  return { state, notes, seconds, ...(error && { error: error.message, ...(error.hint && { hint: error.hint }) }) };
}

// A test knows best what mends a fault; of what only the worker has seen, this much is known.
function mending({ name, now, tested }: ServiceLine, settings: Settings): string | undefined {
  if (tested?.state === "failed") return tested.hint;
  if (now?.ok !== false) return undefined;
  const setting = SETTINGS[name];
  if (setting && settings[setting])
    return `See that it is up and that this machine may reach it, or correct ${setting} in .env.`;
  return "Start it with `npm run laptop`.";
}

const SETTINGS: Readonly<Record<string, keyof Settings>> = {
  spark: "SPARK_REMOTE",
  metastore: "HIVE_METASTORE_URI",
  azure: "AZURE_ACCOUNT",
  snowflake: "SNOWFLAKE_ACCOUNT",
};
