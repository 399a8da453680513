import { html, type View } from "../html.ts";
import { button } from "../parts/button.ts";
import { checkbox, selectField, textField } from "../parts/form.ts";
import { sheet } from "../parts/sheet.ts";

/** What can be chosen for a stream or a replay. */
export interface Choices {
  /** Topics that something was sent to, or read from, before. */
  topics: readonly string[];
  formats: readonly (readonly [value: string, text: string])[];
  files: readonly string[];
  /** The format, and the seconds between two batches, when nothing else is said. */
  format: string;
  trigger: number;
}

/** The start of a stream, and of a replay, side by side. */
export function startForms(choices: Choices): View {
  return html`<div class="pair">${streamForm(choices)}${replayForm(choices)}</div>`;
}

function streamForm({ topics, formats, format, trigger }: Choices): View {
  return sheet(
    { title: "Follow a topic" },
    html`<form method="post" action="/streams" class="stack-page"><div class="fields">
${textField({ name: "topic", label: "Topic", required: true, list: topics, placeholder: "web-logs" })}
${selectField({ name: "format", label: "Format of a line", value: format, options: formats })}
${textField({ name: "table", label: "Table", placeholder: "lake.streams.<topic>", hint: "Left empty, it is named after the topic." })}
${textField({ name: "trigger", label: "Seconds between batches", type: "number", value: String(trigger) })}</div>
${checkbox("summarize", "Statistics of all its requests, every minute", { checked: true })}
<div class="row">${button("Start the stream", { look: topics.length > 0 ? "primary" : "plain" })}</div></form>`,
  );
}

function replayForm({ topics, files }: Choices): View {
  return sheet(
    { title: "Replay a file", aside: "as if services wrote it now" },
    html`<form method="post" action="/streams/replay" class="stack-page"><div class="fields">
${textField({ name: "file", label: "File", required: true, list: files, hint: html`One of <a href="/files">Files</a>, a path below FILES_FROM, or sample.` })}
${textField({ name: "to", label: "To the topic", required: true, list: topics })}
${textField({ name: "linesPerSecond", label: "Lines per second", type: "number", value: "500", hint: "Left empty, as fast as it goes." })}</div>
<div class="row">${button("Start the replay")}</div></form>`,
  );
}
