import { join } from "node:path";
import { readRecord } from "../../audit/records.ts";
import type { Answer, Portal, Visit } from "../../engines/page.ts";
import type { ArchiveState, LastJob } from "../../views/pages/audit-archive.ts";
import { localPath } from "../names.ts";
import { underWay } from "../under-way.ts";

const CHECK = "check-archive";
const EXPORT = "export-audit";

/** How far the archive can be trusted by its last check, and where it was exported to. */
export function archiveState(
  portal: Portal,
  now: number,
  about: Pick<ArchiveState, "here" | "mayStart">,
): ArchiveState {
  const last = lastJob(portal, EXPORT);
  return {
    ...about,
    check: lastJob(portal, CHECK)?.told,
    export: last?.told,
    checking: underWay(portal.layout, CHECK),
    exporting: underWay(portal.layout, EXPORT),
    workerLives: portal.workerLives(),
    table: String((last?.parameters as { table?: unknown } | undefined)?.table ?? "PORTAL_AUDIT"),
    now,
  };
}

/** Lets the worker check the chain of records and make archive/audit.csv anew. */
export function checkAnew(visit: Visit): Answer {
  const told = start(visit, CHECK, {}, "The archive is being checked. What is found appears here.");
  return { kind: "redirect", to: backOf(visit), notice: told };
}

/** Lets the worker merge the audit into Snowflake. */
export function exportAnew(visit: Visit): Answer {
  const table = visit.form.get("table")?.trim() ?? "";
  const told = start(visit, EXPORT, { table }, `The audit is being exported to ${table}.`);
  return { kind: "redirect", to: backOf(visit), notice: told };
}

// To the filter that was there, and down to what was started.
function backOf({ form }: Visit): string {
  return `${localPath(form.get("back") ?? "/audit")}#archive`;
}

function start(visit: Visit, type: string, parameters: Record<string, unknown>, told: string): string {
  const { portal } = visit;
  const already = underWay(portal.layout, type);
  if (already) return `That is under way already: ${already.id}.`;
  portal.submit(visit, { type, parameters });
  return portal.workerLives() ? told : `${told} No worker is running: it waits for one.`;
}

interface Last {
  told: LastJob;
  parameters: unknown;
}

// Looked up once for each version of an index.
const known = new WeakMap<Portal["index"], Map<string, { version: number; last: Last | undefined }>>();

function lastJob({ index, layout }: Portal, type: string): Last | undefined {
  const { version } = index;
  const ofIndex = known.get(index) ?? new Map();
  known.set(index, ofIndex);
  if (ofIndex.get(type)?.version !== version) ofIndex.set(type, { version, last: lookUp({ index, layout }, type) });
  return ofIndex.get(type)?.last;
}

function lookUp({ index, layout }: Pick<Portal, "index" | "layout">, type: string): Last | undefined {
  const row = index.jobs({ type, limit: 1 }).rows[0];
  if (!row) return undefined;
  const record = readRecord(join(layout.root, row.path));
  const outcomes = record?.tables ?? [];
  const failed = outcomes.find(({ error }) => error)?.error ?? record?.error;
  const told: LastJob = {
    ...{ id: row.id, state: row.status, at: row.finishedAt, by: row.submittedBy },
    notes: type === CHECK ? outcomes.flatMap(({ notes }) => notes ?? []) : outcomes.map(noteOf),
    targets: outcomes.map(({ target }) => target).filter(Boolean),
    error: row.status === "succeeded" ? undefined : (failed?.message ?? row.error),
    hint: row.status === "succeeded" ? undefined : failed?.hint,
  };
  return { told, parameters: row.parameters };
}

function noteOf({ rows, notes }: { rows?: string; notes?: string[] }): string {
  return [rows && `${rows} rows`, ...(notes ?? [])].filter(Boolean).join(", ");
}
