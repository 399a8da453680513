import { counted, size } from "../../format/figures.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button, confirm, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { facts } from "../../parts/facts.ts";
import { hidden, textArea, textField } from "../../parts/form.ts";
import { live, pager } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { nothingYet, notice, verdict } from "../../parts/verdict.ts";

interface Rejected {
  name: string;
  kind: "file" | "folder" | "link" | "other";
  size: number;
  at: string;
  owner: string;
  reason: readonly string[];
}

/** Files that never became jobs, as many as fit on a page. */
export interface RejectedList {
  files: readonly Rejected[];
  from: number;
  total: number;
  shown: number;
  mayAct: boolean;
  now: number;
}

/** One of them: its text, or why that can't be shown, and what is wrong with the text that was sent. */
export type RejectedOne = {
  file: Omit<Rejected, "reason">;
  reason: readonly string[];
  problems?: readonly string[];
  mayAct: boolean;
  now: number;
} & ({ text: string } | { unreadable: string });

/** Every rejected file with its reason. */
export function rejectedsPage({ files, from, total, shown, mayAct, now }: RejectedList): View {
  const to = (start: number) => (start === 0 ? "/rejected" : `/rejected?from=${start}`);
  const pages = pager({
    newer: from > 0 ? to(Math.max(0, from - shown)) : undefined,
    older: from + shown < total ? to(from + shown) : undefined,
    words: `${from + 1} to ${from + files.length} of ${total}`,
  });
  const list = html`${table({ caption: "Rejected files", columns: columns(mayAct, now) }, files, ({ name }) => html`id="file-${encodeURIComponent(name)}"`)}${pages}`;
  return html`${head("Rejected files", { aside: total > 0 && html`<span class="soft">${counted(total, "file")}</span>` })}
<section class="card" aria-label="Rejected files"${live("rejected", to(from), 10)}>${total === 0 ? none() : mayAct ? html`<form method="post" action="/rejected/set-aside">${list}${awayBar()}</form>` : list}</section>`;
}

/** One rejected file: why, its text to correct, and the way to put it away. */
export function rejectedPage(one: RejectedOne): View {
  const { file, reason, mayAct, now } = one;
  const { name } = file;
  return html`${head(name, {
    aside: html`<a href="/rejected">All rejected files</a>`,
    tools: html`${file.kind === "file" && linkButton("Download", addressOf("/rejected/raw", name))}${mayAct && confirm("Dismiss", "It goes into the archive with its reason. Nothing is deleted.", awayForm(name), "plain")}`,
  })}
${verdict("rejected", "This file never became a job", reason)}
${facts([
  ["Rejected", ago(file.at, now)],
  ["Size", file.kind === "file" ? size(file.size) : file.kind],
  ["Owner", file.owner],
  ["Place", html`<code>queue/rejected/</code>`],
])}
${card({ title: "What it says" }, textOf(one))}`;
}

function columns(mayAct: boolean, now: number): Column<Rejected>[] {
  const box: Column<Rejected> = {
    head: "Choose",
    quiet: true,
    cell: ({ name }) =>
      html`<input type="checkbox" name="file" value="${encodeURIComponent(name)}" aria-label="Choose ${name}">`,
  };
  return [
    ...(mayAct ? [box] : []),
    {
      head: "File",
      cell: ({ name, kind, size: bytes, owner }) =>
        html`<a href="${addressOf("/rejected", name)}"><strong>${name}</strong></a><small>${kind === "file" ? size(bytes) : kind}, from ${owner}</small>`,
    },
    { head: "Why", cell: ({ reason }) => reasonOf(reason) },
    { head: "Rejected", cell: ({ at }) => ago(at, now) },
  ];
}

// The last line of a reason tells what to do, which this page does.
function reasonOf(reason: readonly string[]): Part {
  const description = reason.length > 1 ? reason.filter(line => !line.startsWith("Correct this and move")) : reason;
  const rest = description.length - 4;
  return html`${description.slice(0, 4).map(line => html`<div>${line}</div>`)}${rest > 0 && html`<small>and ${rest} more</small>`}`;
}

function none(): View {
  return nothingYet(
    "No file was rejected",
    html`A file in <code>queue/</code> that is no job, or has been broken and still for five seconds, comes here with the line and the field that are wrong.`,
  );
}

function awayBar(): View {
  return html`<div class="total">${textField({ name: "why", label: "Why", required: true, placeholder: "sent twice by mistake" })}${button("Dismiss selected")}<span class="soft">Files and reasons move into the archive. Nothing is deleted.</span></div>`;
}

function awayForm(name: string): View {
  return html`<form method="post" action="/rejected/set-aside" class="form">${hidden("file", encodeURIComponent(name))}${textField({ name: "why", label: "Why", required: true })}${button("Dismiss", { look: "danger" })}</form>`;
}

function textOf(one: RejectedOne): Part {
  if ("unreadable" in one) return html`<p>${one.unreadable}</p>`;
  const { text, mayAct, problems = [], file } = one;
  if (!mayAct)
    return html`<div class="copyable"><pre tabindex="0" aria-label="Text of the file"><code>${text}</code></pre></div>`;
  const wrong =
    problems.length > 0 &&
    html`${notice("bad", `Nothing was submitted: ${counted(problems.length, "thing is", "things are")} wrong.`)}<ul>${problems.map(problem => html`<li>${problem}</li>`)}</ul>`;
  const rows = Math.min(30, Math.max(8, text.split("\n").length + 1));
  return html`${wrong}<form method="post" action="${addressOf("/rejected/submit", file.name)}" class="form broad">
${textArea({ name: "text", label: "Correct it here", value: text, rows, mono: true, ...(problems.length > 0 && { error: "Not submitted: what is wrong stands above." }) })}
<div class="row">${button("Submit it as a job", { look: "primary" })}<span class="soft">It is checked first. The job runs in your name; the rejected file goes into the archive.</span></div></form>`;
}

function addressOf(path: string, name: string): string {
  return `${path}?file=${encodeURIComponent(name)}`;
}
