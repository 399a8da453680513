import type { OutcomeState } from "../../../core/jobs/states.ts";
import { state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, joinParts, type Part, type View } from "../../html.ts";
import { button, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { checkbox } from "../../parts/form.ts";
import { table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { verdict } from "../../parts/verdict.ts";

/** One target of the job that is to be undone. */
export interface UndoLine {
  table: string;
  target: string;
  outcome: OutcomeState;
  created?: boolean;
  snapshot?: string;
}

/** A later job that read a target or wrote to it. */
export interface UndoUse {
  id: string;
  type: string;
  did: "read" | "changed";
  table: string;
  into: string;
  finishedAt: string;
}

/** The page of an undo before it is planned. */
export interface UndoView {
  id: string;
  title: string;
  finishedAt: string;
  targets: readonly UndoLine[];
  later: readonly UndoUse[];
  /** The jobs that undid it already, whole or in parts. */
  undone: readonly string[];
  mayStart: boolean;
  waits?: string;
  now: number;
}

const SHOWN = 500;

/** What the job made, by its record, and who has built on it since; then the plan says exactly what goes. */
export function undoPage(view: UndoView): View {
  const { id, title, undone, waits } = view;
  const lines: Part[] = [
    "First it is planned: the plan names every table, snapshot, registration and branch that goes. The source is never touched.",
    undone.length > 0 &&
      html`Undone before by ${joinParts(
        undone.map(job => html`<a href="/jobs/${job}">${job}</a>`),
        ", ",
      )}.`,
    waits,
  ];
  const back = linkButton("Back to the job", `/jobs/${id}`);
  return html`${head(`Undo: ${title}`, { tools: back })}${verdict("warning", "What the job made is taken back, where nobody has built on it.", lines)}
<form method="post" action="/jobs/${id}/undo" class="form wide">${targets(view)}${later(view)}${view.mayStart && html`<div class="row">${button("Plan the undo", { look: "primary" })}</div>`}</form>`;
}

function targets({ targets: all, mayStart }: UndoView): View {
  const more = all.length - SHOWN;
  return card(
    { title: "What the job made", look: "tight", aside: "all of it, or what you choose" },
    html`${table(
      {
        caption: "Targets of the job, the last first",
        columns: [
          { head: "Target", cell: ({ target }) => targetCell(target, mayStart) },
          { head: "From", cell: ({ table: from }) => tableName(from) },
          { head: "Outcome", cell: ({ outcome }) => state(outcome) },
          { head: "Made", cell: ({ created }) => (created ? "the table" : html`<span class="soft">rows in it</span>`) },
          { head: "Snapshot", cell: ({ snapshot }) => snapshot && html`<code>${snapshot}</code>` },
        ],
      },
      all.slice(0, SHOWN),
    )}${more > 0 && html`<p class="soft inside-line">${String(more)} more are not shown: without a choice they are undone too.</p>`}`,
  );
}

function targetCell(target: string, mayStart: boolean): View {
  if (!mayStart) return tableName(target);
  return checkbox("tables", tableName(target), { value: target });
}

function later({ later: all, mayStart, now }: UndoView): Part {
  if (all.length === 0)
    return card({ title: "Later jobs" }, html`<p class="soft">No later job read or changed what this one made.</p>`);
  const byJob = [...Map.groupBy(all, ({ id }) => id).entries()];
  const more = byJob.length - SHOWN;
  return card(
    { title: "Later jobs that built on it", look: "tight", aside: "undo them first, or name them here" },
    html`${table(
      {
        caption: "Later jobs that read or changed what this one made, the oldest first",
        columns: [
          { head: "Job", cell: ([id, uses]) => jobCell(id, uses[0]?.type ?? "", mayStart) },
          {
            head: "What it did",
            cell: ([, uses]) => joinParts(uses.slice(0, 20).map(useWords), html`<br>`),
          },
          { head: "Ended", cell: ([, [use]]) => use && html`<span class="soft">${ago(use.finishedAt, now)}</span>` },
        ],
      },
      byJob.slice(0, SHOWN),
    )}${more > 0 && html`<p class="soft inside-line">${String(more)} more jobs are not shown: the plan knows them too.</p>`}`,
  );
}

function jobCell(id: string, type: string, mayStart: boolean): View {
  const link = html`<a href="/jobs/${id}">${type}</a><small class="mono">${id}</small>`;
  if (!mayStart) return link;
  return checkbox("alsoBuiltOn", link, { value: id });
}

function useWords({ did, table: of, into }: UndoUse): View {
  return did === "changed"
    ? html`wrote to ${tableName(of)}: that goes too`
    : html`read ${tableName(of)} into ${tableName(into)}, which stays`;
}
