import { counted, group, size } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { type FormState, filled, formProblem, hidden, selectField, textArea, textField } from "../../parts/form.ts";
import { filters, live, pager, withQuery } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { noMatch, nothingYet, verdict } from "../../parts/verdict.ts";

/** A script in the list. */
export interface ScriptLine {
  path: string;
  name: string;
  size: number;
  changedAt: string;
  owner: string;
  firstSeen: string;
  sha256?: string;
  unreadable?: string;
  shown: ShownState;
  word: string;
  why?: string;
  /** The job that has it now. */
  job?: string;
  last?: { job: string; at: string; attempts?: number };
}

/** A page of scripts, and how it was asked for. */
export interface ScriptList {
  lines: readonly ScriptLine[];
  text: string;
  from: number;
  rows: number;
  matching: number;
  total: number;
  /** The folders of scripts, and those that can't be listed now. */
  places: readonly string[];
  unavailable: readonly { place: string; message: string; hint?: string }[];
  isLive: boolean;
  mayStart: boolean;
  mayUpload: boolean;
  /** What a job may set of Spark, in words. */
  allowed: string;
  /** The start again, where it was refused, with the scripts that were selected. */
  refused?: { state: FormState; selected: readonly string[] };
  /** What is wrong with a script that was sent. */
  upload?: FormState;
  now: number;
}

/** The page of scripts: what there is and how each is doing, the start of those that are selected, and the way to bring one. */
export function scriptsPage(list: ScriptList): View {
  const { text, from, total, unavailable, isLive, mayStart, mayUpload, places, refused } = list;
  const here = addressOf(list, from);
  // What somebody corrects must stay as it is.
  const seconds = refused ? false : unavailable.length > 0 ? 5 : isLive && 2;
  const hiddenSelection = refused?.selected.filter(path => !list.lines.some(line => line.path === path)) ?? [];
  const rows = html`<div${live("scripts", here, seconds)}>${unavailable.map(awayNote)}${body(list)}</div>`;
  const found = filters(
    "/scripts",
    "scripts",
    textField({ name: "text", label: "Filter", type: "search", value: text, placeholder: "a part of the name  /" }),
    { clear: text !== "" && "/scripts" },
  );
  const aside = html`<span class="soft">${counted(total, "script")} in ${places.join(", ")}</span>`;
  return html`${head("Scripts", { aside })}
<section class="card" aria-label="Scripts">${found}${mayStart ? html`<form method="post" action="/scripts/run">${rows}${total > 0 && html`${hiddenSelection.map(path => hidden("script", path))}${startFields(list.allowed, "Run selected", refused?.state)}`}</form>` : rows}</section>
${mayUpload && uploadSheet(places, list.upload)}`;
}

/** What is asked for at a start: retries, arguments, settings of Spark. */
export function startFields(allowed: string, verb: string, state: FormState = {}): View {
  const conf = {
    name: "conf",
    label: "One a line, name=value",
    rows: 3,
    mono: true,
    hint: html`Allowed are ${allowed}.`,
  };
  return html`<div class="start-fields">${formProblem(state)}<div class="fields-wide">${textField(filled(state, { name: "retries", label: "Retries", type: "number" as const, value: "0", hint: "How often it is tried again when it fails, 19 at most." }))}${textArea(filled(state, { name: "arguments", label: "Arguments", rows: 3, mono: true, hint: "One a line; every script is told all of them." }))}<details class="more"${(state.typed?.conf || state.errors?.conf) && html` open`}><summary>Spark settings</summary>${textArea(filled(state, conf))}</details></div>
<div class="row">${button(verb, { look: "primary" })}</div></div>`;
}

/** What a form carries of a script that it shows: which bytes are meant. */
export function shownBytes({ path, sha256 }: Pick<ScriptLine, "path" | "sha256">): Part {
  return sha256 && hidden("shown", `${sha256} ${path}`);
}

/** A script's status, and why where the word does not tell. */
export function statusCell({ shown, word, why, job }: ScriptLine): View {
  return html`${job ? html`<a href="/jobs/${job}">${state(shown, word)}</a>` : state(shown, word)}${why && html`<small>${why}</small>`}`;
}

/** The address of the page that shows a script. */
export function scriptAddress(path: string): string {
  return `/scripts/view?path=${encodeURIComponent(path)}`;
}

function body(list: ScriptList): View {
  const { lines, text, from, rows, matching, total, unavailable } = list;
  if (lines.length === 0 && unavailable.length > 0 && total === 0) return html``;
  if (total === 0) return nothingYet("There is no script yet.", "Put a file that ends in .py into the folder.");
  if (matching === 0) return noMatch("scripts", "/scripts");
  const pages = pager({
    newer: from > 0 ? addressOf(list, Math.max(0, from - rows)) : undefined,
    older: from + rows < matching ? addressOf(list, from + rows) : undefined,
    words: matching > rows && `${group(from + 1)} to ${group(from + lines.length)} of ${group(matching)}`,
  });
  const caption = text ? `Scripts that match ${text}` : "Scripts";
  return html`${table({ caption, columns: columns(list) }, lines)}${pages}`;
}

function columns({ mayStart, places, now, refused }: ScriptList): Column<ScriptLine>[] {
  const box: Column<ScriptLine> = {
    head: "Select",
    quiet: true,
    cell: line =>
      html`<input type="checkbox" name="script" value="${line.path}" aria-label="${line.name}"${refused?.selected.includes(line.path) && html` checked`}${line.unreadable && html` disabled`}>${shownBytes(line)}`,
  };
  return [
    ...(mayStart ? [box] : []),
    {
      head: "Script",
      cell: ({ path, name, unreadable }) =>
        html`<a href="${scriptAddress(path)}"><strong class="mono">${name}</strong></a>${places.length > 1 && html`<small class="mono">${path.slice(0, -name.length - 1)}</small>`}${unreadable && html`<small class="bad">${unreadable}</small>`}`,
    },
    { head: "Status", cell: statusCell },
    { head: "Size", num: true, cell: line => size(line.size) },
    { head: "Changed", cell: ({ changedAt }) => ago(changedAt, now) },
    { head: "Owner", cell: ({ owner }) => owner },
    { head: "First seen", cell: ({ firstSeen }) => ago(firstSeen, now) },
    { head: "Last run", cell: ({ last }) => last && html`<a href="/jobs/${last.job}">${ago(last.at, now)}</a>` },
    { head: "Attempts", num: true, cell: ({ last }) => last?.attempts },
  ];
}

function awayNote({ place, message, hint }: ScriptList["unavailable"][number]): View {
  return verdict("unavailable", html`${place} can't be listed`, [message, hint, "This page asks again by itself."]);
}

function uploadSheet(places: readonly string[], state: FormState = {}): View {
  const where =
    places.length > 1
      ? selectField(filled(state, { name: "place", label: "Into", options: places.map(name => [name, name] as const) }))
      : hidden("place", places[0] ?? "");
  const wrong = state.errors?.file ?? state.problem;
  return card(
    { title: "Bring a script", aside: "nothing is ever replaced" },
    html`<form method="post" action="/scripts/upload" enctype="multipart/form-data" class="row">${where}<label class="stack"><span>A file that ends in .py, 1 MiB at most</span><input class="field" type="file" name="file" accept=".py" required${wrong && html` aria-describedby="file-error" aria-invalid="true" autofocus`}>${wrong && html`<small class="bad" id="file-error" role="alert">${wrong}</small>`}</label>${button("Upload")}</form>`,
  );
}

function addressOf({ text }: Pick<ScriptList, "text">, from: number): string {
  return withQuery("/scripts", new URLSearchParams(), { text, from: from > 0 ? String(from) : undefined });
}
