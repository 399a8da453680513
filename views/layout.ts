import { html, type Part, type View } from "./html.ts";
import { type Rail, rail } from "./rail.ts";

/** A whole page. `asset` gives the address of a file of views/assets, with what tells its versions apart. */
export interface Page {
  title: string;
  body: Part;
  asset(name: string): string;
  /** Left out where nobody is logged in. */
  rail?: Rail;
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
  "schedules",
  "print",
];
const SCRIPTS = ["times", "copy", "choose", "shortcuts", "away", "log", "print", "upload", "brush", "again"];

// What somebody has opened on a page stays open when the page brings itself up to date.
const HTMX = JSON.stringify({
  ...{ includeIndicatorCSS: false, history: "reload" },
  morphIgnore: ["data-htmx-powered", "open"],
});

/** The document around a page: no inline style, no inline script. */
export function layout({ title, body, asset, rail: shown }: Page): View {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${HTMX}">
<meta name="tus" content="${asset("tus.min.js")}">
<title>${title} · Data Operations</title><link rel="icon" href="${asset("icon.svg")}">
${STYLES.map(name => html`<link rel="stylesheet" href="${asset(`${name}.css`)}">`)}
<script src="${asset("theme.js")}"></script><script src="${asset("htmx.min.js")}" defer></script>
${SCRIPTS.map(name => html`<script type="module" src="${asset(`${name}.js`)}"></script>`)}</head>
<body${!shown && html` class="lone"`}>${shown && html`<a class="skip" href="#main">To the page</a>${rail(shown)}`}
<main id="main" tabindex="-1">${shown && html`<p class="notice wait" id="away" role="status" hidden></p>`}${body}</main>${shown && keys()}</body></html>`;
}

function keys(): View {
  const known = [
    ["/", "find on this page"],
    ["h", "now"],
    ["j", "jobs"],
    ["i", "ingest"],
    ["m", "migrate"],
    ["l", "logs"],
    ["a", "audit"],
    ["d", "doctor"],
    ["t", "light or dark"],
    ["?", "these keys"],
  ] as const;
  return html`<dialog id="keys" aria-label="Keys"><h2>Keys</h2><dl class="facts">${known.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl><form method="dialog"><button class="button">Close</button></form></dialog>`;
}
