import { group } from "../../format/figures.ts";
import { html, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { head as pageHead } from "../../parts/card.ts";
import { BY_PLACE, pager } from "../../parts/list.ts";
import { table } from "../../parts/table.ts";

/** Records that a job kept aside, as many as fit on a page. */
export interface KeptRows {
  id: string;
  title: string;
  here: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  from: number;
  shown: number;
  more: boolean;
}

/** The records with where they stand in the file. */
export function keptRowsPage({ id, title, here, head, rows, from, shown, more }: KeptRows): View {
  const to = (start: number) => (start === 0 ? here : `${here}?from=${start}`);
  const columns = head.map((name, at) => ({
    head: name.replaceAll("_", " "),
    num: /record|line/.test(name),
    cell: (row: readonly string[]) => (name === "text" ? html`<code>${row[at]}</code>` : row[at]),
  }));
  return html`${pageHead(title, {
    aside: html`<a href="/jobs/${id}">The job</a>`,
    tools: linkButton("Download all", `${here}?raw=1`),
  })}
<section class="card" aria-label="${title}">${table({ caption: title, columns }, rows)}${pager({
    names: BY_PLACE,
    newer: from > 0 ? to(Math.max(0, from - shown)) : undefined,
    older: more ? to(from + shown) : undefined,
    words: `${group(from + 1)} to ${group(from + rows.length)}`,
  })}</section>`;
}
