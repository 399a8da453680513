import { LOOKS, type ShownState } from "../format/state.ts";
import { html, type Part, type View } from "../html.ts";
import { withTables } from "./table-name.ts";

/** What happened, before anything else: a sentence, then why and what to do. */
export function verdict(shown: ShownState, title: Part, lines: readonly Part[] = [], actions?: Part): View {
  const { symbol, look } = LOOKS[shown];
  return html`<section class="verdict ${look}"><h2><span class="sign ${look}" aria-hidden="true">${symbol}</span>${linked(title)}</h2>
${lines.filter(Boolean).map(line => html`<p>${linked(line)}</p>`)}${actions && html`<div class="row">${actions}</div>`}</section>`;
}

/** A remark above a page: that something was done, or what was wrong with what was asked. */
export function notice(look: "good" | "bad" | "wait", text: Part): View {
  return html`<p class="notice ${look}" role="${look === "bad" ? "alert" : "status"}">${linked(text)}</p>`;
}

function linked(part: Part): Part {
  return typeof part === "string" ? withTables(part) : part;
}

/** Nothing is there yet: says so, and offers the next step. */
export function nothingYet(title: string, next: Part): View {
  return html`<div class="empty"><p><strong>${title}</strong></p><p class="soft">${next}</p></div>`;
}

/** Nothing matches what was asked for. */
export function noMatch(what: string, clear: string): View {
  return html`<div class="empty"><p><strong>No ${what} match.</strong></p><p class="soft">Widen the filter, or <a href="${clear}">clear it</a>.</p></div>`;
}
