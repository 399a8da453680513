import type { OutcomeState } from "../../../core/jobs/states.ts";
import type { Lineage } from "../../../core/stations/lineage.ts";
import { group, size } from "../../format/figures.ts";
import { proof, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { copyable, facts } from "../../parts/facts.ts";
import { table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { nothingYet } from "../../parts/verdict.ts";
import { lineageCards } from "./lineage.ts";

/** What a job did with a table, from the archive. */
export interface TableRecord {
  job: string;
  type: string;
  table: string;
  target: string;
  isTarget: boolean;
  /** The other table of a comparison, which writes to neither. */
  comparedWith?: string;
  outcome: OutcomeState;
  by: string;
  at: string;
  rows?: string;
  bytes?: string;
  proof?: string;
  snapshot?: string;
  metadataFile?: string;
}

/** The ways to the certificate of a table: a document that prints, and JSON that can be checked. */
export function certificateLinks(name: string): View {
  const query = new URLSearchParams({ table: name });
  return html`${linkButton("Certificate", `/certificate.html?${query}`)}${linkButton("Certificate as JSON", `/certificate.json?${query}`)}`;
}

/** The jobs that read or wrote a table. */
export function recordsTable(records: readonly TableRecord[], now: number): View {
  if (records.length === 0)
    return nothingYet("No job has read or written this table.", "What jobs do with it is listed here.");
  return table(
    {
      caption: "Jobs that read or wrote the table, the newest first",
      columns: [
        { head: "Job", cell: ({ job, type, by }) => html`<a href="/jobs/${job}">${type}</a><small>${by}</small>` },
        { head: "Outcome", cell: ({ outcome }) => state(outcome) },
        {
          head: "With",
          cell: ({ table: from, target, isTarget, comparedWith }) =>
            comparedWith
              ? html`compared with ${tableName(comparedWith)}`
              : isTarget
                ? html`from ${tableName(from)}`
                : target && html`to ${tableName(target)}`,
        },
        { head: "Ended", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
        { head: "Rows", num: true, cell: ({ rows }) => rows !== undefined && group(rows) },
        { head: "Bytes", num: true, cell: ({ bytes }) => bytes !== undefined && size(bytes) },
        {
          head: "Proof",
          cell: ({ proof: verdict, job, table: from }) =>
            proof(verdict, `/jobs/${job}/proofs?table=${encodeURIComponent(from)}`),
        },
      ],
    },
    records,
  );
}

/** What is known of a table by the last job that wrote it. */
export function lastWritten(records: readonly TableRecord[], now: number): readonly (readonly [string, Part])[] {
  const last = records.find(
    ({ isTarget, outcome, comparedWith }) => isTarget && outcome === "succeeded" && comparedWith === undefined,
  );
  if (!last) return [];
  return [
    ["Rows", last.rows && group(last.rows)],
    ["Size", last.bytes && size(last.bytes)],
    ["Copied from", tableName(last.table)],
    ["Last written", html`${ago(last.at, now)} by <a href="/jobs/${last.job}">${last.type}</a>`],
    ["Proof", last.proof && proof(last.proof)],
    ["Snapshot", last.snapshot && html`<code>${last.snapshot}</code>`],
    ["Metadata file", last.metadataFile && html`<span class="mono">${last.metadataFile}</span>`],
  ];
}

/** A table in Snowflake: where it stands, what it was registered from, and how it is asked. */
export interface SnowflakeView {
  database: string;
  schema: string;
  table: string;
  /** Its page at Snowflake, where the account is known. */
  href?: string;
  records: readonly TableRecord[];
  lineages: readonly Lineage[];
  schedules: readonly { name: string; title: string }[];
  now: number;
}

/** The place of a table in Snowflake. Its rows are there, and are asked for there. */
export function snowflakePage({
  database,
  schema,
  table: name,
  href,
  records,
  now,
  lineages,
  schedules,
}: SnowflakeView): View {
  const whole = `snowflake.${database}.${schema}.${name}`;
  const sql = `select * from ${[database, schema, name].map(identifier).join(".")} limit 100;`;
  const tools = href && linkButton("Open in Snowflake", href);
  return html`${head(name, { aside: html`<span class="soft mono">${whole}</span>`, tools })}${lineageCards(lineages, { here: whole, now, schedules })}
${card(
  { title: "Place" },
  html`${facts([["Database", database], ["Schema", schema], ["Table", name], ...lastWritten(records, now)])}
<p class="soft">Snowflake holds this table's registration; its rows are read there, with a role and a warehouse of yours.</p>${copyable(sql, "Query for Snowflake")}`,
)}${card({ title: "Jobs", look: "tight" }, recordsTable(records, now))}`;
}

function identifier(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
