import type { ProofLine } from "../../../core/jobs/proof.ts";
import { group } from "../../format/figures.ts";
import { proof, proofHelp } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { copyable, facts } from "../../parts/facts.ts";
import { table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { nothingYet, verdict } from "../../parts/verdict.ts";

const LEVELS: Readonly<Record<string, string>> = {
  "read-back": "The source was hashed while it was copied, the target was read back.",
  witness:
    "Hive itself was asked for counts, smallest and largest values; the target is the copy, before it was published.",
  compared: "Both tables were read and hashed as they are, each by a scan of its own; nothing was copied.",
  metadata: "Counts of the source were compared with the target's manifests; no data was read.",
  none: "Nothing was compared, as asked for.",
};

/** The evidence that targets equal their sources: the figures of both sides, and the statement that takes them again. */
export function proofsPage(id: string, proofs: readonly ProofLine[], now: number): View {
  const tools = html`${linkButton("Back to the job", `/jobs/${id}`)}${proofs.length > 0 && linkButton("Download", `/jobs/${id}/proofs/raw`)}`;
  const body =
    proofs.length === 0
      ? card(
          { title: "Proofs" },
          nothingYet("There is no proof here.", "Nothing was copied, or nothing was to be proven."),
        )
      : html`${proofs.map(one => proofSheet(one, now))}${proofHelp()}`;
  return html`${head("Proofs", { tools })}${body}`;
}

function proofSheet(one: ProofLine, now: number): View {
  const { table: name, target, level, at, attempt, differences = [], sql } = one;
  return card(
    {
      title: `${name} → ${target}`,
      heading: html`${tableName(name)} → ${tableName(target)}`,
      tools: proof(one.verdict),
    },
    html`${differences.length > 0 && verdict("failed", "The two sides differ.", differences)}
<p class="soft">${LEVELS[level] ?? level}</p>${facts([
      ["Proven", ago(at, now)],
      ["Attempt", attempt],
      ["Source snapshot", one.sourceSnapshot],
      ["Source files", one.sourceFiles && filesRead(one.sourceFiles)],
      ["Target snapshot", one.targetSnapshot],
      ["Metadata file", one.metadataFile && html`<span class="mono">${one.metadataFile}</span>`],
    ])}${figures(one)}${columns(one)}${sql && html`<details class="more"><summary>The statement that takes the target's figures again</summary>${copyable(sql, "SQL")}</details>`}`,
  );
}

/** `12 files, all read; 2 of them have no rows`. */
export function filesRead(found: NonNullable<ProofLine["sourceFiles"]>): string {
  const { listed, read, empty, unlistedPartitions = 0, tables, unchecked = 0 } = found;
  const files = listed === 1 ? "1 file, read" : `${group(listed)} files, all read`;
  const below = `${group(listed)} ${listed === 1 ? "file" : "files"} of ${tables === 1 ? "the table" : `${tables} tables`} below the view, ${unchecked === 0 ? "all" : group(read)} in Spark's plan`;
  return [
    listed === 0 ? "no files" : tables === undefined ? files : below,
    ...(unchecked > 0 ? [`${group(unchecked)} listed only, since Hive's own reader names no files`] : []),
    ...(empty > 0 ? [`${group(empty)} without rows`] : []),
    ...(unlistedPartitions > 0
      ? [`${group(unlistedPartitions)} partitions elsewhere, listed by Hive's reader alone`]
      : []),
  ].join("; ");
}

function figures({ source = {}, targetFigures = {} }: ProofLine): Part {
  const named = [
    ["Rows", "rows"],
    ["Sum of row hashes", "sum"],
    ["Sum with another salt", "sum2"],
    ["Xor of row hashes", "xor"],
  ] as const;
  const rows = named.flatMap(([label, key]) =>
    source[key] === undefined && targetFigures[key] === undefined
      ? []
      : [{ label, a: source[key], b: targetFigures[key], isCount: key === "rows" }],
  );
  if (rows.length === 0) return undefined;
  const shown = (value: string | undefined, isCount: boolean) =>
    value !== undefined && (isCount ? group(value) : html`<span class="mono">${value}</span>`);
  return table(
    {
      caption: "Figures of both sides",
      columns: [
        { head: "Figure", cell: ({ label }) => label },
        { head: "Source", num: true, cell: ({ a, isCount }) => shown(a, isCount) },
        { head: "Target", num: true, cell: ({ b, isCount }) => shown(b, isCount) },
        {
          head: "Same",
          cell: ({ a, b }) => proof(a === undefined || b === undefined ? "not checked" : a === b ? "equal" : "differs"),
        },
      ],
    },
    rows,
  );
}

function columns({ source, targetFigures }: ProofLine): Part {
  const ours = source?.columns ?? [];
  if (ours.length === 0) return undefined;
  const theirs = new Map((targetFigures?.columns ?? []).map(column => [column.name, column]));
  const text = (value: string | null | undefined) =>
    value === null || value === undefined
      ? html`<span class="soft">none</span>`
      : html`<span class="mono">${value}</span>`;
  const same = (name: string) => {
    const [a, b] = [ours.find(column => column.name === name), theirs.get(name)];
    return proof(a && b && a.count === b.count && a.min === b.min && a.max === b.max ? "agrees" : "differs");
  };
  return html`<details class="more"><summary>Columns</summary>${table(
    {
      caption: "Counts, smallest and largest values of each column",
      columns: [
        { head: "Column", cell: ({ name }) => html`<span class="mono">${name}</span>` },
        { head: "Not null", num: true, cell: ({ count }) => count && group(count) },
        { head: "Smallest", cell: ({ min }) => text(min) },
        { head: "Largest", cell: ({ max }) => text(max) },
        { head: "Same", cell: ({ name }) => same(name) },
      ],
    },
    ours,
  )}</details>`;
}
