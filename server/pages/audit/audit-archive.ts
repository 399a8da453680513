import { join } from "node:path";
import { readRecord } from "../../../core/audit/records.ts";
import { memoized } from "../../../core/system/cache.ts";
import type { Portal, RequestContext, RouteResult } from "../../../engines/portal/page.ts";
import type { ArchiveState, LastJob } from "../../../views/pages/audit/audit-archive.ts";
import { localAddress } from "../../http/names.ts";
import { requestsUnderWay } from "../../state/queue.ts";

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
    check: lastJob(portal, CHECK).notice,
    export: last.notice,
    checking: requestsUnderWay(portal.layout, CHECK),
    exporting: requestsUnderWay(portal.layout, EXPORT),
    workerLives: portal.workerLives(),
    table: String((last.parameters as { table?: unknown } | undefined)?.table ?? "PORTAL_AUDIT"),
    now,
  };
}

/** Lets the worker check the chain of records and make archive/audit.csv anew. */
export function checkAnew(request: RequestContext): RouteResult {
  const notice = start(request, CHECK, {}, "The archive is being checked. What is found appears here.");
  return { kind: "redirect", to: backOf(request), notice: notice };
}

/** Lets the worker merge the audit into Snowflake. */
export function exportAnew(request: RequestContext): RouteResult {
  const table = request.form.get("table")?.trim() ?? "";
  const notice = start(request, EXPORT, { table }, `The audit is being exported to ${table}.`);
  return { kind: "redirect", to: backOf(request), notice: notice };
}

// To the filter that was there, and down to what was started.
function backOf({ form }: RequestContext): string {
  return `${localAddress(form.get("back") ?? "/audit")}#archive`;
}

function start(request: RequestContext, type: string, parameters: Record<string, unknown>, notice: string): string {
  const { portal } = request;
  const already = requestsUnderWay(portal.layout, type);
  if (already) return `That is under way already: ${already.id}.`;
  portal.submit(request, { type, parameters });
  return portal.workerLives() ? notice : `${notice} No worker is running: it waits for one.`;
}

interface Last {
  notice?: LastJob;
  parameters?: unknown;
}

// Looked up once for each version of an index.
const caches = new WeakMap<Portal["index"], (key: string, make: () => Last) => Last>();

function lastJob({ index, layout }: Portal, type: string): Last {
  const cache = caches.get(index) ?? memoized<Last>({ max: 8 });
  caches.set(index, cache);
  return cache(`${index.version} ${type}`, () => lookUp({ index, layout }, type));
}

function lookUp({ index, layout }: Pick<Portal, "index" | "layout">, type: string): Last {
  const row = index.jobs({ type, limit: 1 }).rows[0];
  if (!row) return {};
  const record = readRecord(join(layout.root, row.path));
  const outcomes = record?.tables ?? [];
  const failed = outcomes.find(({ error }) => error)?.error ?? record?.error;
  const notice: LastJob = {
    ...{ id: row.id, state: row.status, at: row.finishedAt, by: row.submittedBy },
    notes: type === CHECK ? outcomes.flatMap(({ notes }) => notes ?? []) : outcomes.map(noteOf),
    targets: outcomes.map(({ target }) => target).filter(Boolean),
    error: row.status === "succeeded" ? undefined : (failed?.message ?? row.error),
    hint: row.status === "succeeded" ? undefined : failed?.hint,
  };
  return { notice, parameters: row.parameters };
}

function noteOf({ rows, notes }: { rows?: string; notes?: string[] }): string {
  return [rows && `${rows} rows`, ...(notes ?? [])].filter(Boolean).join(", ");
}
