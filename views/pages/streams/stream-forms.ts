import { html, type View } from "../../html.ts";
import { button } from "../../parts/button.ts";
import { card } from "../../parts/card.ts";
import { checkbox, type FormState, filled, formProblem, selectField, textField } from "../../parts/form.ts";

/** What can be chosen for a stream or a replay. */
export interface Choices {
  /** Topics that something was sent to, or read from, before. */
  topics: readonly string[];
  formats: readonly (readonly [value: string, text: string])[];
  files: readonly string[];
  /** The format, and the seconds between two batches, when nothing else is said. */
  format: string;
  trigger: number;
  /** The forms again, where one of them was refused. */
  stream?: FormState;
  replay?: FormState;
}

/** The start of a stream, and of a replay, side by side. */
export function startForms(choices: Choices): View {
  return html`<div class="pair">${streamForm(choices)}${replayForm(choices)}</div>`;
}

function streamForm({ topics, formats, format, trigger, stream = {} }: Choices): View {
  const summarize = stream.typed ? "summarize" in stream.typed : true;
  return card(
    { title: "Follow a Kafka topic" },
    html`${formProblem(stream)}<form method="post" action="/streams" class="stack-page"><div class="fields">
${textField(filled(stream, { name: "topic", label: "Topic", required: true, list: topics, placeholder: "web-logs" }))}
${selectField(filled(stream, { name: "format", label: "Format of a line", value: format, options: formats }))}
${textField(filled(stream, { name: "table", label: "Table", placeholder: "lake.streams.<topic>", hint: "Left empty, it is named after the topic." }))}
${textField(filled(stream, { name: "trigger", label: "Seconds between batches", type: "number", value: String(trigger) }))}</div>
${checkbox("summarize", "Statistics of all its requests, every minute", { checked: summarize })}
<div class="row">${button("Start the stream", { look: topics.length > 0 ? "primary" : "plain" })}</div></form>`,
  );
}

function replayForm({ topics, files, replay = {} }: Choices): View {
  return card(
    { title: "Replay a file", aside: "as if services wrote it now" },
    html`${formProblem(replay)}<form method="post" action="/streams/replay" class="stack-page"><div class="fields">
${textField(filled(replay, { name: "file", label: "File", required: true, list: files, hint: html`One of <a href="/files">Files</a>, a path below FILES_FROM, or sample.` }))}
${textField(filled(replay, { name: "to", label: "To the topic", required: true, list: topics }))}
${textField(filled(replay, { name: "linesPerSecond", label: "Lines per second", type: "number", value: "500", hint: "Left empty, as fast as it goes." }))}</div>
<div class="row">${button("Start the replay")}</div></form>`,
  );
}
