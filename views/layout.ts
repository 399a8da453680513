import { html, type Part, type View } from "./html.ts";
import { type Sidebar, sidebar } from "./sidebar.ts";

/** A whole page. `asset` gives the address of a file of views/assets, with what tells its versions apart. */
export interface PageParts {
  title: string;
  body: Part;
  asset(name: string): string;
  /** Without script the page is asked for again after so many seconds. */
  refresh?: number;
  /** Left out where nobody is logged in. */
  sidebar?: Sidebar;
}

const STYLES = [
  "reset",
  "tokens",
  "base",
  "parts",
  "controls",
  "charts",
  "pages",
  "log",
  "code",
  "files",
  "streams",
  "plots",
  "marks",
  "analyses",
  "trust",
  "stations",
  "dialogs",
  "print",
];
const SCRIPTS = [
  "times",
  "copy",
  "choose",
  "shortcuts",
  "unavailable",
  "log",
  "print",
  "upload",
  "brush",
  "again",
  "busy",
];

// What somebody has opened on a page stays open when the page brings itself up to date.
const HTMX = JSON.stringify({
  ...{ includeIndicatorCSS: false, history: "reload" },
  morphIgnore: ["data-htmx-powered", "open"],
});

/** The document around a page: no inline style, no inline script. */
export function layout({ title, body, asset, refresh, sidebar: shown }: PageParts): View {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${HTMX}">
${refresh !== undefined && html`<noscript><meta http-equiv="refresh" content="${refresh}"></noscript>`}
<meta name="tus" content="${asset("tus.min.js")}">
<title>${title} · Data Operations</title><link rel="icon" href="${asset("icon.svg")}">
${STYLES.map(name => html`<link rel="stylesheet" href="${asset(`${name}.css`)}">`)}
<script src="${asset("theme.js")}"></script><script src="${asset("htmx.min.js")}" defer></script>
${SCRIPTS.map(name => html`<script type="module" src="${asset(`${name}.js`)}"></script>`)}</head>
<body${!shown && html` class="lone"`}>${shown && html`<a class="skip" href="#main">To the page</a>${sidebar(shown)}`}
<main id="main" tabindex="-1">${shown && html`<p class="notice wait" id="unavailable" role="status" hidden></p>`}${body}</main>${shown && html`${searchDialog()}${keys()}`}</body></html>`;
}

// The same search as the page /search, over whatever page is open.
function searchDialog(): View {
  return html`<dialog id="search" class="dialog wide" aria-label="Search"><form method="get" action="/search" role="search" hx-get="/search" hx-trigger="input delay:200ms" hx-select="#found" hx-target="#found" hx-swap="outerMorph ignoreTitle:true">
<label class="stack"><span>Search jobs, tables, files and pages</span><input class="field" type="search" name="text" autocomplete="off"></label></form><div id="found"></div>
<form method="dialog"><button class="button">Close</button></form></dialog>`;
}

function keys(): View {
  const known = [
    ["Ctrl K", "search everything"],
    ["/", "filter this page"],
    ["h", "overview"],
    ["j", "jobs"],
    ["i", "ingest"],
    ["m", "migrate"],
    ["l", "logs"],
    ["a", "audit"],
    ["d", "system health"],
    ["t", "light or dark"],
    ["?", "these keys"],
  ] as const;
  return html`<dialog id="keys" class="dialog" aria-label="Keys"><h2>Keys</h2><dl class="keys">${known.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
<label class="check"><input type="checkbox" data-keys-switch checked> Use single-letter keys</label><form method="dialog"><button class="button">Close</button></form></dialog>`;
}
