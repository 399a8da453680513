import { group, size } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { type Column, table } from "../parts/table.ts";
import { proof, type Shown, state } from "../state.ts";
import { ago, clock } from "../times.ts";

/** A job as the audit lists it. Rows and bytes are decimal strings. */
export interface AuditJob {
  id: string;
  title: string;
  detail: string;
  state: Shown;
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
  state: Shown;
  by: string;
  at: string;
  seconds: number;
  rows?: string | undefined;
  bytes?: string | undefined;
  proof?: string | undefined;
  error?: string | undefined;
}

/** What somebody did. */
export interface AuditDeed {
  at: string;
  by: string;
  role?: string | undefined;
  from?: string | undefined;
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
      cell: ({ id, title, detail, error }) =>
        html`<a href="/jobs/${id}">${title}</a>${detail && html`<small class="mono">${detail}</small>`}${error && html`<small class="bad">${error}</small>`}`,
    },
    { head: "State", cell: job => state(job.state) },
    { head: "By", cell: ({ by }) => html`<span class="soft">${by}</span>` },
    { head: "Ended", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
    { head: "Took", num: true, cell: ({ seconds }) => seconds !== undefined && clock(seconds * 1000) },
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
        html`<span class="mono">${table}</span>${target && html`<small class="mono">→ ${target}</small>`}${error && html`<small class="bad">${error}</small>`}`,
    },
    { head: "Outcome", cell: one => state(one.state) },
    {
      head: "Job",
      cell: ({ job, title, by }) => html`<a class="nowrap" href="/jobs/${job}">${title}</a><small>${by}</small>`,
    },
    { head: "Ended", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
    { head: "Took", num: true, cell: ({ seconds }) => clock(seconds * 1000) },
    { head: "Rows", num: true, cell: ({ rows }) => rows !== undefined && group(rows) },
    { head: "Bytes", num: true, cell: ({ bytes }) => bytes !== undefined && size(bytes) },
    { head: "Proof", cell: one => proof(one.proof) },
  ];
  return table({ caption: "What happened to tables, the newest job first", columns }, tables);
}

/** What people did. */
export function deedsTable(deeds: readonly AuditDeed[], now: number): View {
  const columns: Column<AuditDeed>[] = [
    {
      head: "Who",
      cell: ({ by, role, from }) =>
        html`${by}<small>${[role, from && `from ${from}`].filter(Boolean).join(", ")}</small>`,
    },
    { head: "Did", cell: ({ what }) => (what === "failed log in" ? html`<span class="bad">${what}</span>` : what) },
    { head: "What with", cell: aboutDeed },
    { head: "When", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
  ];
  return table({ caption: "What people did, the newest first", columns }, deeds);
}

function aboutDeed({ job, about, detail }: AuditDeed): Part {
  const named = job ? html`<a href="/jobs/${job}">${about ?? job}</a>` : about;
  return html`${named}${detail && html`<small>${detail}</small>`}`;
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
