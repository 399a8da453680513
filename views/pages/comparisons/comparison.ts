import { group } from "../../format/figures.ts";
import type { ShownState } from "../../format/state.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { facts, strip } from "../../parts/facts.ts";
import { live } from "../../parts/list.ts";
import { table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { verdict } from "../../parts/verdict.ts";

type Values = Readonly<Record<string, string | null>>;

/** A row that differs, as the page shows it. */
export interface RowLine {
  kind: "left" | "right" | "changed" | "repeated";
  key: Values;
  left?: Values | undefined;
  right?: Values | undefined;
  times?: readonly [string, string] | undefined;
}

/** What a comparison found. */
export interface ComparisonView {
  id: string;
  left: string;
  right: string;
  state: ShownState;
  title: string;
  lines: readonly string[];
  facts: readonly (readonly [string, Part])[];
  isLive: boolean;
  /** Where the two sides differ, row by row. */
  found?: {
    counts: Readonly<Record<string, string | undefined>>;
    columns: readonly { name: string; rows: string }[];
    partitions: readonly { name: string; rows: string }[];
    rows: readonly RowLine[];
    mayRead: boolean;
  };
}

/** The page of a comparison: whether the two hold the same rows, and where not. */
export function comparisonPage(view: ComparisonView): View {
  const { id, left, right, found } = view;
  const tools = html`${linkButton("Job", `/jobs/${id}`)}${linkButton("Proof", `/jobs/${id}/proofs`)}${linkButton("Compare others", "/comparisons")}`;
  return html`<div class="stack-page"${live("comparison", `/comparisons/${id}`, view.isLive && 2)}>
${head(html`${tableName(left)} and ${tableName(right)}`, { tools })}${verdict(view.state, view.title, view.lines)}
${facts(view.facts)}${found && html`${counts(found.counts)}${where(found)}${rows(found)}`}</div>`;
}

const WORDS = {
  left: ["Only on the left", "rows that the right side does not have"],
  right: ["Only on the right", "rows that the left side does not have"],
  changed: ["Other values", "rows of the same key whose values differ"],
  repeated: ["Not once", "rows that stand more often on one side"],
} as const;

const KINDS = Object.keys(WORDS) as (keyof typeof WORDS)[];

function counts(all: Readonly<Record<string, string | undefined>>): View {
  return strip(KINDS.map(kind => ({ figure: group(all[kind] ?? "0"), what: WORDS[kind][0], remark: WORDS[kind][1] })));
}

function where({ columns, partitions }: NonNullable<ComparisonView["found"]>): Part {
  const list = (title: string, name: string, all: typeof columns) =>
    all.length > 0 &&
    card(
      { title, look: "tight" },
      table(
        {
          caption: title,
          columns: [
            { head: name, cell: one => html`<span class="mono">${one.name}</span>` },
            { head: "Rows", num: true, cell: one => group(one.rows) },
          ],
        },
        all.slice(0, 100),
      ),
    );
  return html`${list("Columns that differ", "Column", columns)}${list("Partitions that differ", "Partition", partitions)}`;
}

function rows({ rows: all, mayRead }: NonNullable<ComparisonView["found"]>): Part {
  if (!mayRead)
    return html`<p class="soft">The rows themselves are shown to operators and administrators: they hold values.</p>`;
  return KINDS.map(kind => {
    const lines = all.filter(one => one.kind === kind);
    if (lines.length === 0) return undefined;
    return card(
      {
        title: WORDS[kind][0],
        aside: lines.length < 100 ? `${group(lines.length)} in all` : "the first hundred",
        look: "tight",
      },
      table(
        {
          caption: WORDS[kind][1],
          columns: [
            ...(lines.some(line => Object.keys(line.key).length > 0)
              ? [{ head: "Key", cell: (line: RowLine) => values(line.key) }]
              : []),
            ...(kind === "right" ? [] : [{ head: "Left", cell: (line: RowLine) => values(line.left) }]),
            ...(kind === "left" ? [] : [{ head: "Right", cell: (line: RowLine) => values(line.right) }]),
            ...(lines.some(line => line.times)
              ? [{ head: "How often", cell: ({ times }: RowLine) => times && `${times[0]} left, ${times[1]} right` }]
              : []),
          ],
        },
        lines,
      ),
    );
  });
}

function values(all: Values | undefined): Part {
  const pairs = Object.entries(all ?? {});
  if (pairs.length === 0) return html`<span class="soft">none</span>`;
  return html`<dl class="facts">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd class="mono">${value ?? html`<span class="soft">null</span>`}</dd></div>`)}</dl>`;
}
