import { html, type Part, type View } from "../html.ts";

/** A column: its head, and its cell for a row. Figures (`num`) stand at the right. `sort` is the key that the URL sorts by. */
export interface Column<R> {
  head: string;
  cell(row: R): Part;
  num?: boolean;
  sort?: string;
  /** Stands in the head instead of its name: a button that sorts, say; `order` tells how it is sorted now. */
  heading?: Part;
  order?: "ascending" | "descending" | undefined;
  /** A head that only screen readers need, over buttons or boxes. */
  quiet?: boolean;
}

/** How a table is sorted, and the address that sorts it by a key. */
export interface Sorting {
  by: string;
  descending: boolean;
  href(key: string, descending: boolean): string;
}

/** A table of facts. On a narrow screen each row is a card with its column's name before each value. */
export function table<R>(
  { caption, columns, sorting, id }: { caption: string; columns: readonly Column<R>[]; sorting?: Sorting; id?: string },
  rows: readonly R[],
  attributes: (row: R) => Part = () => undefined,
): View {
  return html`<div class="scroll"><table${id && html` id="${id}"`}><caption class="quiet">${caption}</caption>
<thead><tr>${columns.map(column => heading(column, sorting))}</tr></thead>
<tbody>${rows.map(row => html`<tr ${attributes(row)}>${columns.map(column => cell(column, row))}</tr>`)}</tbody></table></div>`;
}

function heading<R>({ head, num, sort, quiet, heading: own, order }: Column<R>, sorting: Sorting | undefined): View {
  const look = num ? html` class="num"` : undefined;
  if (own) return html`<th scope="col"${look}${order && html` aria-sort="${order}"`}>${own}</th>`;
  if (!sort || !sorting)
    return html`<th scope="col"${look}>${quiet ? html`<span class="quiet">${head}</span>` : head}</th>`;
  const here = sorting.by === sort;
  const sorted = here && (sorting.descending ? "descending" : "ascending");
  const sign = here && html` <span aria-hidden="true">${sorting.descending ? "↓" : "↑"}</span>`;
  const href = sorting.href(sort, here ? !sorting.descending : num === true);
  return html`<th scope="col"${look}${sorted && html` aria-sort="${sorted}"`}><a href="${href}">${head}${sign}</a></th>`;
}

function cell<R>({ head, num, cell, quiet }: Column<R>, row: R): View {
  return html`<td${num && html` class="num"`}${!quiet && html` data-label="${head}"`}>${cell(row)}</td>`;
}
