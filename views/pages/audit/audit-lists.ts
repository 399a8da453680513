import { group, size } from "../../format/figures.ts";
import { proof, type ShownState, state } from "../../format/state.ts";
import { ago, clock } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableName, tableNames, withTables } from "../../parts/table-name.ts";

/** A job as the audit lists it. Rows and bytes are decimal strings. */
export interface AuditJob {
  id: string;
  title: string;
  detail: string;
  of?: string | undefined;
  state: ShownState;
  by: string;
  at: string;
  seconds?: number;
  tables: number;
  succeeded: number;
  rows?: string | undefined;
  bytes?: string | undefined;
  error?: string | undefined;
  proofs: { equal: number; agrees: number; notChecked: number; differs: number };
}

/** What happened to a table, as the audit lists it. */
export interface AuditTable {
  job: string;
  title: string;
  table: string;
  target: string;
  state: ShownState;
  by: string;
  at: string;
  seconds: number;
  rows?: string | undefined;
  bytes?: string | undefined;
  proof?: string | undefined;
  error?: string | undefined;
}

/** What somebody did. */
export interface ActivityLine {
  at: string;
  by: string;
  role?: string | undefined;
  from?: string | undefined;
  via?: string | undefined;
  what: string;
  job?: string | undefined;
  about?: string | undefined;
  detail?: string | undefined;
}

/** The jobs, two lines each. */
export function jobsTable(jobs: readonly AuditJob[], now: number): View {
  const columns: Column<AuditJob>[] = [
    {
      head: "Job",
      cell: ({ id, title, detail, of, error }) =>
        html`<a href="/jobs/${id}">${title}</a>${detail && html`<small class="mono">${tableNames(detail, of)}</small>`}${error && html`<small class="bad">${withTables(error)}</small>`}`,
    },
    { head: "State", cell: job => state(job.state) },
    { head: "Submitted by", cell: ({ by }) => html`<span class="soft">${by}</span>` },
    { head: "Ended", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
    { head: "Duration", num: true, cell: ({ seconds }) => seconds !== undefined && clock(seconds * 1000) },
    { head: "Tables", num: true, cell: tablesOf },
    { head: "Rows", num: true, cell: ({ rows }) => rows !== undefined && group(rows) },
    { head: "Bytes", num: true, cell: ({ bytes }) => bytes !== undefined && size(bytes) },
    { head: "Proof", cell: ({ proofs }) => proofsOf(proofs) },
  ];
  return table({ caption: "Jobs that have ended, the newest first", columns }, jobs);
}

/** The tables, each with the job that it was in. */
export function tablesTable(tables: readonly AuditTable[], now: number): View {
  const columns: Column<AuditTable>[] = [
    {
      head: "Table",
      cell: ({ table, target, error }) =>
        html`${tableName(table)}${target && html`<small>→ ${tableName(target)}</small>`}${error && html`<small class="bad">${withTables(error)}</small>`}`,
    },
    { head: "Outcome", cell: one => state(one.state) },
    {
      head: "Job",
      cell: ({ job, title, by }) => html`<a class="nowrap" href="/jobs/${job}">${title}</a><small>${by}</small>`,
    },
    { head: "Ended", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
    { head: "Duration", num: true, cell: ({ seconds }) => clock(seconds * 1000) },
    { head: "Rows", num: true, cell: ({ rows }) => rows !== undefined && group(rows) },
    { head: "Bytes", num: true, cell: ({ bytes }) => bytes !== undefined && size(bytes) },
    { head: "Proof", cell: one => proof(one.proof) },
  ];
  return table({ caption: "What happened to tables, the newest job first", columns }, tables);
}

const CHANNELS: Readonly<Record<string, string>> = { command: "by command", api: "by API" };

/** What people did. */
export function activityTable(events: readonly ActivityLine[], now: number): View {
  const columns: Column<ActivityLine>[] = [
    {
      head: "Who",
      cell: ({ by, role, from, via }) =>
        html`${by}<small>${[role, via && CHANNELS[via], from && `from ${from}`].filter(Boolean).join(", ")}</small>`,
    },
    { head: "Did", cell: ({ what }) => (what === "failed log in" ? html`<span class="bad">${what}</span>` : what) },
    { head: "What with", cell: aboutEvent },
    { head: "When", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
  ];
  return table({ caption: "What people did, the newest first", columns }, events);
}

function aboutEvent({ job, about, detail }: ActivityLine): Part {
  const named = job ? html`<a href="/jobs/${job}">${about ?? job}</a>` : about;
  return html`${named}${detail && html`<small>${withTables(detail)}</small>`}`;
}

function tablesOf({ tables, succeeded }: AuditJob): Part {
  if (tables === 0) return undefined;
  return succeeded < tables ? `${group(succeeded)} of ${group(tables)}` : group(tables);
}

// The worst verdict, and all of them beneath where they are several.
function proofsOf({ equal, agrees, notChecked, differs }: AuditJob["proofs"]): Part {
  const all = [
    ["differs", differs],
    ["not checked", notChecked],
    ["agrees", agrees],
    ["equal", equal],
  ] as const;
  const there = all.filter(([, count]) => count > 0);
  const worst = there[0]?.[0];
  if (there.length < 2) return proof(worst);
  return html`${proof(worst)}<small>${there.map(([verdict, count]) => `${group(count)} ${verdict}`).join(", ")}</small>`;
}
