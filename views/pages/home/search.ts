import { type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type View } from "../../html.ts";
import { head } from "../../parts/card.ts";
import { textField } from "../../parts/form.ts";
import { filters } from "../../parts/list.ts";

/** One thing that a search found. */
export interface SearchHit {
  name: string;
  href: string;
  remark?: string;
  state?: ShownState;
  at?: string;
}

/** What a search found, by kind. */
export interface SearchView {
  text: string;
  groups: readonly { name: string; found: readonly SearchHit[] }[];
  now: number;
}

/** The page of a search. Its list also stands in the dialog that Ctrl+K opens. */
export function searchPage(view: SearchView): View {
  const { text } = view;
  const field = textField({ name: "text", label: "Search jobs, tables, files and pages", type: "search", value: text });
  return html`${head("Search")}<section class="card" aria-label="Search">${filters("/search", "found", field, { clear: text && "/search", label: "Search" })}${list(view)}</section>`;
}

function list({ text, groups, now }: SearchView): View {
  if (groups.length === 0)
    return html`<div id="found"><div class="empty" role="status"><p><strong>Nothing is called “${text}”.</strong></p><p class="soft">Try a part of a name, or the id of a job.</p></div></div>`;
  const one = ({ name, href, remark, state: shown, at }: SearchHit) =>
    html`<li><a href="${href}">${name}</a>${shown && html` ${state(shown)}`}${at && html` <span class="soft">${ago(at, now)}</span>`}${remark && html`<small class="mono">${remark}</small>`}</li>`;
  return html`<div id="found">${groups.map(({ name, found }) => html`<section aria-label="${name}"><h2>${name}</h2><ul>${found.map(one)}</ul></section>`)}</div>`;
}
