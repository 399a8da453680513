import { group } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { linkButton } from "../parts/button.ts";
import { copyable, facts } from "../parts/facts.ts";
import { head, sheet } from "../parts/sheet.ts";
import { table } from "../parts/table.ts";
import { nothingYet, verdict } from "../parts/verdict.ts";
import { proof } from "../state.ts";
import { ago } from "../times.ts";

/** The figures of one side of a proof. */
interface Side {
  rows?: string;
  sum?: string;
  sum2?: string;
  xor?: string;
  columns?: readonly { name: string; count?: string; min?: string | null; max?: string | null }[];
}

/** A proof as it stands in the archive. */
export interface ProofLine {
  at: string;
  attempt: number;
  table: string;
  target: string;
  level: string;
  verdict: string;
  sourceSnapshot?: string;
  targetSnapshot?: string;
  metadataFile?: string;
  source?: Side;
  targetFigures?: Side;
  sql?: string;
  differences?: readonly string[];
}

const LEVELS: Readonly<Record<string, string>> = {
  "read-back": "The source was hashed while it was copied, the target was read back.",
  metadata: "Counts of the source were compared with the target's manifests; no data was read.",
  none: "Nothing was compared, as asked for.",
};

/** The evidence that targets equal their sources: the figures of both sides, and the statement that takes them again. */
export function proofsPage(id: string, proofs: readonly ProofLine[], now: number): View {
  const tools = html`${linkButton("Back to the job", `/jobs/${id}`)}${proofs.length > 0 && linkButton("Download", `/jobs/${id}/proofs/raw`)}`;
  const body =
    proofs.length === 0
      ? sheet(
          { title: "Proofs" },
          nothingYet("There is no proof here.", "Nothing was copied, or nothing was to be proven."),
        )
      : proofs.map(one => proofSheet(one, now));
  return html`${head("Proofs", { tools })}${body}`;
}

function proofSheet(one: ProofLine, now: number): View {
  const { table: name, target, level, at, attempt, differences = [], sql } = one;
  return sheet(
    { title: `${name} → ${target}`, tools: proof(one.verdict) },
    html`${differences.length > 0 && verdict("failed", "The two sides differ.", differences)}
<p class="soft">${LEVELS[level] ?? level}</p>${facts([
      ["Proven", ago(at, now)],
      ["Attempt", attempt],
      ["Source snapshot", one.sourceSnapshot],
      ["Target snapshot", one.targetSnapshot],
      ["Metadata file", one.metadataFile && html`<span class="mono">${one.metadataFile}</span>`],
    ])}${figures(one)}${columns(one)}${sql && html`<details class="more"><summary>The statement that takes the target's figures again</summary>${copyable(sql, "SQL")}</details>`}`,
  );
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
