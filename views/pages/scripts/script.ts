import { group, size } from "../../format/figures.ts";
import { ago } from "../../format/times.ts";
import { html, type View } from "../../html.ts";
import { card, head } from "../../parts/card.ts";
import { facts } from "../../parts/facts.ts";
import { hidden } from "../../parts/form.ts";
import { notice } from "../../parts/verdict.ts";
import { type ScriptLine, scriptAddress, shownBytes, startFields, statusCell } from "./scripts.ts";

/** One script to read before it is run. */
export interface ScriptView {
  line: ScriptLine;
  /** The folder that it lies in. */
  place: string;
  lines: readonly View[];
  /** False where some of its bytes are no UTF-8. */
  isText: boolean;
  mayStart: boolean;
  allowed: string;
  now: number;
}

/** A script as a job has run it. */
export interface KeptView extends Pick<ScriptView, "lines" | "isText"> {
  path: string;
  job: string;
  sha256: string;
}

/** The page of what a job has run: the very bytes, whatever lies in the folder by now. */
export function keptScriptPage({ path, job, sha256, lines, isText }: KeptView): View {
  const back = html`<span class="soft">as it was run by <a href="/jobs/${job}">${job}</a></span>`;
  return html`${head(path.slice(path.lastIndexOf("/") + 1), { aside: back })}
${!isText && notText()}
${facts([
  ["Path", html`<code>${path}</code>`],
  ["SHA-256", html`<code title="${sha256}">${sha256.slice(0, 16)}…</code>`],
])}
${code(path, lines)}`;
}

/** The page of one script: how it is doing, what it says, and the start of exactly these bytes. */
export function scriptPage({ line, place, lines, isText, mayStart, allowed, now }: ScriptView): View {
  const { name, path, sha256, last } = line;
  const back = html`<a href="/scripts">All scripts</a>`;
  const run =
    mayStart &&
    card(
      { title: "Run it", look: "tight", aside: "exactly what stands here is run" },
      html`<form method="post" action="/scripts/run">${hidden("script", path)}${shownBytes(line)}${startFields(allowed, "Run")}</form>`,
    );
  return html`${head(name, { aside: back })}
${!isText && notText()}
${facts([
  ["Status", statusCell(line)],
  ["Size", size(line.size)],
  ["Changed", ago(line.changedAt, now)],
  ["Owner", line.owner],
  ["First seen", ago(line.firstSeen, now)],
  [
    "Last run",
    last &&
      html`<a href="/jobs/${last.job}">${ago(last.at, now)}</a> <a href="${scriptAddress(path)}&amp;job=${last.job}">what ran</a>`,
  ],
  ["Folder", html`<code>${place}</code>`],
  ["SHA-256", html`<code title="${sha256}">${sha256?.slice(0, 16)}…</code>`],
])}
${code(name, lines)}
${run}`;
}

function code(name: string, lines: readonly View[]): View {
  const count = `${group(lines.length)} ${lines.length === 1 ? "line" : "lines"}`;
  return card(
    { title: "What it says", id: "code", look: "tight", aside: count },
    html`<div class="code" tabindex="0" role="region" aria-label="Code of ${name}"><ol>${lines.map(text => html`<li><code>${text}</code></li>`)}</ol></div>`,
  );
}

function notText(): View {
  return notice("wait", "Some of its bytes are not UTF-8 text: they are shown as �.");
}
