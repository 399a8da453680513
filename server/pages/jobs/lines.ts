import type { JobRow } from "../../../core/audit/index/open.ts";
import { countItems } from "../../../core/jobs/states.ts";
import { type QueuedJob, type RunningJob, waitingSince } from "../../../core/store/jobs-on-disk.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { userName } from "../../../core/store/origin.ts";
import { itemNounOf, titleOf } from "../../../engines/runner/about.ts";
import { group } from "../../../views/format/figures.ts";
import type { JobLine } from "../../../views/pages/jobs/jobs.ts";
import { progressOfJob } from "../../state/events.ts";

/** A queued job as lists show it. */
export function queuedLine(job: QueuedJob): JobLine {
  const { id, name, file, retry, stats } = job;
  const by = retry?.origin.submittedBy ?? file?.submittedBy ?? userName(stats.uid);
  const waits = retry && `attempt ${retry.used + 1} from ${retry.notBefore.slice(11, 19)} UTC on`;
  return {
    ...(id && { id }),
    file: name,
    title: file ? titleOf(file.type, file.parameters) : "Not a job file yet",
    detail: detailOf(file?.parameters),
    of: namespaceOf(file?.type, file?.parameters),
    state: "queued",
    by: fromWords(retry?.origin.via ?? file?.via ?? "hand", by, name),
    at: waitingSince(job),
    result: itemCount(file?.type, file?.parameters),
    ...(waits && { waits }),
  };
}

/** A running job as lists show it, with how far it is. */
export function runningLine(layout: Layout, { id, claim, file }: RunningJob): JobLine {
  const progress = progressOfJob(layout, id);
  const { ended, failed, tables } = progress;
  const { via, submittedBy, file: dropped } = claim.origin;
  return {
    id,
    file: claim.takenFrom,
    title: titleOf(file.type, file.parameters),
    detail: [detailOf(file.parameters), claim.attempt > 1 && `attempt ${claim.attempt}`].filter(Boolean).join(", "),
    of: namespaceOf(file.type, file.parameters),
    state: "running",
    by: fromWords(via, submittedBy, dropped),
    at: claim.claimedAt,
    result: progress.planned ? `${ended} of ${tables.length}` : "planning",
    ...(progress.planned && { done: { ended, failed, total: tables.length } }),
  };
}

/** A job of the archive as lists show it. The index gives the same row again as long as nothing changes. */
export function endedLine(row: JobRow): JobLine {
  const known = lines.get(row) ?? lineOf(row);
  lines.set(row, known);
  return known;
}

const lines = new WeakMap<JobRow, JobLine>();

function lineOf(row: JobRow): JobLine {
  const { id, type, parameters, status, via, submittedBy, file, finishedAt, seconds, error } = row;
  return {
    id,
    file: file ?? "",
    title: titleOf(type, parameters),
    detail: detailOf(parameters),
    of: namespaceOf(type, parameters),
    state: status,
    by: fromWords(via, submittedBy, file),
    at: finishedAt,
    seconds,
    result: resultOf(row),
    ...(error && { error }),
  };
}

/** Where a job came from, in words: `anna`, `anna, by hand: weekly.json`, `follows another`. */
export function fromWords(via: string, by: string, file?: string): string {
  if (via === "follow-up") return `${by}, follow-up`;
  if (via === "hand") return `${by}, by hand${file ? `: ${file}` : ""}`;
  return via === "portal" ? by : `${by}, ${via}`;
}

function resultOf({ type, tables, succeeded, skipped, rows }: JobRow): string {
  if (tables === 0) return "";
  if (succeeded + skipped < tables) return `${succeeded} of ${tables}`;
  if (rows !== undefined && tables === 1) return `${group(rows)} rows`;
  return countItems(tables, itemNounOf(type));
}

// The names of the tables, as many as fit.
function detailOf(parameters: unknown): string {
  const tables = (parameters as { tables?: unknown } | undefined)?.tables;
  if (!Array.isArray(tables)) return tableOf(parameters);
  const names = tables.map(table => (typeof table === "string" ? table : String((table as { name?: unknown }).name)));
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

// Where a job names one table, it is named with its catalog, and its name leads to its page.
function tableOf(parameters: unknown): string {
  const table = (parameters as { table?: unknown } | undefined)?.table;
  if (typeof table !== "string" || !/^[\w$]+\.[\w$]+(\.[\w$]+)?$/.test(table)) return "";
  return table.split(".").length === 2 ? `lake.${table}` : table;
}

/** The catalog and namespace of the tables that a job names without them. */
function namespaceOf(type: unknown, parameters: unknown): string | undefined {
  const { database, namespace, from, tables } = (parameters ?? {}) as Record<string, unknown>;
  if (!Array.isArray(tables)) return undefined;
  if (type === "ingest-hive") return typeof database === "string" ? `hive.${database}` : undefined;
  const catalog = typeof from === "string" ? from : type === "register-snowflake" ? "azure" : "lake";
  return typeof namespace === "string" ? `${catalog}.${namespace}` : undefined;
}

function itemCount(type: unknown, parameters: unknown): string {
  const tables = (parameters as { tables?: unknown } | undefined)?.tables;
  return Array.isArray(tables) ? countItems(tables.length, itemNounOf(type)) : tables === "*" ? "all tables" : "";
}
