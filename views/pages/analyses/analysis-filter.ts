import { LEVEL_LOOKS, SHOWN_LEVELS } from "../../format/levels.ts";
import { html, type Part, type View } from "../../html.ts";
import { checkbox, hidden, textField } from "../../parts/form.ts";
import { BUSY } from "../../parts/list.ts";

/** What is looked at, and what may be chosen. `path` is the page that the form leads to. */
export interface FilterView {
  path: string;
  query: URLSearchParams;
  services: readonly string[];
  ips: readonly string[];
  /** Stays as it is whatever is filtered: the auto-refresh. */
  kept?: readonly (readonly [string, string])[];
  /** The part of the page that follows the filters, where a script runs. */
  target: string;
  /** What is wrong, by the names of the fields. */
  errors?: Readonly<Record<string, string>>;
}

/** Filters that have no field of their own; they come with a link and go with their chip. */
const LINKED = ["endpoint", "host", "status", "template", "message", "source", "parsed"] as const;

const WORDS: Readonly<Record<string, string>> = {
  from: "from",
  to: "before",
  level: "level",
  service: "service",
  ip: "IP",
  text: "text",
  template: "type",
  message: "message",
  endpoint: "endpoint",
  host: "host",
  status: "status",
  source: "file",
  parsed: "not understood",
};

/** The filters as a form, whose every state is an address, and as chips that can be taken off one by one. */
export function filterForm({ path, query, services, ips, kept = [], target, errors = {} }: FilterView): View {
  const value = (name: string) => query.get(name) ?? "";
  const levels = query.getAll("level");
  const boxes = SHOWN_LEVELS.map(one =>
    checkbox("level", LEVEL_LOOKS[one].word, { value: one, checked: levels.includes(one) }),
  );
  return html`<form class="filters log-filters" id="filters" method="get" action="${path}" role="search" aria-label="Filter" hx-get="${path}" hx-trigger="submit" hx-select="#${target}" hx-target="#${target}" hx-swap="outerMorph ignoreTitle:true" hx-push-url="true">
${moment("from", "From, UTC", value("from"), errors.from)}${moment("to", "Before, UTC", value("to"), errors.to)}
<fieldset class="levels"><legend>Level</legend>${boxes}</fieldset>
${textField({ name: "service", label: "Service", value: value("service"), list: services })}
${textField({ name: "ip", label: "IP", value: value("ip"), list: ips })}
${textField({ name: "text", label: "Text in the line", type: "search", value: value("text") })}
${LINKED.filter(name => value(name)).map(name => hidden(name, value(name)))}${kept.map(([name, one]) => hidden(name, one))}
<button class="button">Filter</button>${BUSY}</form>${chips(path, query)}`;
}

// Seconds are shown by a field only where its step is so small. What is no time stays as it was typed.
function moment(name: string, label: string, value: string, error: string | undefined): View {
  if (error && Number.isNaN(Date.parse(value))) return textField({ name, label, value, error, autofocus: true });
  const described = error && html` aria-describedby="${name}-error" aria-invalid="true" autofocus`;
  return html`<label class="stack"><span>${label}</span><input class="field" type="datetime-local" step="1" name="${name}" value="${value.slice(0, 19)}"${described}>${error && html`<small class="bad" id="${name}-error">${error}</small>`}</label>`;
}

function chips(path: string, query: URLSearchParams): Part {
  const all = [...query].filter(([name, value]) => WORDS[name] && value);
  if (all.length === 0) return undefined;
  const without = (name: string, value: string) => {
    const rest = new URLSearchParams([...query].filter(([key, one]) => key !== name || one !== value));
    return rest.size > 0 ? `${path}?${rest}` : path;
  };
  const one = ([name, value]: [string, string]) => {
    const words =
      name === "parsed" ? WORDS[name] : html`${WORDS[name]} <strong>${shortened(chipText(name, value))}</strong>`;
    return html`<li><a class="chip" href="${without(name, value)}" title="${value}">${words}<span class="quiet">, take it off</span><span aria-hidden="true">✕</span></a></li>`;
  };
  const rest = new URLSearchParams([...query].filter(([name]) => !WORDS[name]));
  return html`<ul class="chips" aria-label="Filters that hold">${all.map(one)}<li><a href="${rest.size > 0 ? `${path}?${rest}` : path}">Clear all</a></li></ul>`;
}

function chipText(name: string, value: string): string {
  return name === "from" || name === "to" ? value.replace("T", " ") : value;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
