import { sparkline } from "../../charts/line.ts";
import { counted, group } from "../../format/figures.ts";
import { proof, type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button, confirm } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { progress, progressShare } from "../../parts/facts.ts";
import { hidden } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";
import { type Choices, startForms } from "./stream-forms.ts";

/** A stream as lists show it. Figures of lines are decimal strings. */
export interface StreamLine {
  topic: string;
  table: string;
  href: string;
  /** The job that runs it, or was the last to. */
  job: string;
  shown: ShownState;
  word: string;
  /** What it waits for, or why it failed. */
  why?: Part;
  /** Whether its tables held what was read of the topic, counted when it ended. */
  proof?: "equal" | "differs";
  /** What starts it again as it was. */
  again?: Readonly<Record<string, string>>;
  isOn: boolean;
  isStopping: boolean;
  /** Lines per second, the oldest first. */
  rates: readonly number[];
  lagLines?: string;
  lagSeconds?: number;
  lines?: string;
  badLines?: string;
  lastProgressAt?: string;
}

/** A file that is sent to a topic line by line. `rate` is in lines per second; without it as fast as it goes. */
export interface ReplayLine {
  id: string;
  file: string;
  topic: string;
  shown: ShownState;
  word: string;
  why?: Part;
  rate?: number;
  sent?: number;
  total?: number;
  at: string;
  isOn: boolean;
  isStopping: boolean;
}

/** The page of streams. */
export interface StreamsView {
  streams: readonly StreamLine[];
  replays: readonly ReplayLine[];
  workerLives: boolean;
  mayStart: boolean;
  choices: Choices;
  now: number;
}

/** Every stream and how it is doing, the files that are replayed, and the start of either. */
export function streamsPage(view: StreamsView): View {
  const { streams, replays, workerLives, mayStart, choices, now } = view;
  const isLive = [...streams, ...replays].some(({ isOn }) => isOn);
  const running = streams.filter(({ isOn }) => isOn).length;
  const aside =
    streams.length > 0 && html`<span class="soft">${running} of ${counted(streams.length, "stream")} running</span>`;
  const list =
    streams.length > 0
      ? card(
          { title: "Streams", look: "tight" },
          table({ caption: "Streams", columns: columns(view) }, streams, one => named(one.table)),
        )
      : html`<section class="card" aria-label="Streams">${empty(mayStart)}</section>`;
  const sent =
    replays.length > 0 &&
    card(
      { title: "Replays", look: "tight", aside: "files sent to a topic line by line" },
      table({ caption: "Replays", columns: replayColumns(mayStart, now) }, replays, one => named(one.id)),
    );
  return html`${head("Streams", { aside, tools: mayStart && streams.length > 0 && sample("plain") })}
<div class="stack-page"${live("streams", "/streams", isLive ? 2 : 10)}>${!workerLives && notice("wait", html`No worker is running: what is started waits for one. Start one with <code>npm start</code> or <code>npm run worker</code>.`)}
${list}${sent}</div>
${mayStart && startForms(choices)}`;
}

/** The button that ends a stream or a replay, and asks first. */
export function stopButton(job: string, what: string, stays: string): View {
  return confirm(
    "Stop",
    `${what} ends after what it is doing now; ${stays}`,
    html`<form method="post" action="/streams/stop">${hidden("job", job)}${button("Stop it", { look: "danger" })}</form>`,
    "plain",
  );
}

/** The button that starts a stream again where it stopped. */
export function againButton(again: Readonly<Record<string, string>>): View {
  const fields = Object.entries(again).map(([name, value]) => hidden(name, value));
  return html`<form method="post" action="/streams" class="inline">${fields}${button("Start again")}</form>`;
}

/** How far a stream is behind, in lines and in time. */
function lag({ lagLines, lagSeconds }: Pick<StreamLine, "lagLines" | "lagSeconds">): Part {
  if (lagLines === undefined) return undefined;
  const seconds = lagSeconds !== undefined && `${lagSeconds < 10 ? lagSeconds.toFixed(1) : Math.round(lagSeconds)} s`;
  return html`${group(lagLines)}<small>${seconds || "lines"}</small>`;
}

// Rows that change their places keep what somebody has opened in them.
function named(name: string): View {
  return html`id="row-${name.replace(/\W/g, "-")}"`;
}

function empty(mayStart: boolean): View {
  const description =
    "A stream follows a Kafka topic: it cleans each line, finds the country of its address, and keeps it in a table.";
  if (!mayStart) return nothingYet("No stream yet.", `${description} An operator may start one.`);
  return nothingYet(
    "No stream yet.",
    html`${description} See one at work: the log of a made-up server, 500 lines a second.<span class="next">${sample("primary")}</span>`,
  );
}

function sample(look: "primary" | "plain"): View {
  return html`<form method="post" action="/streams/sample" class="inline">${button("Start the sample", { look })}</form>`;
}

function columns({ mayStart, now }: StreamsView): Column<StreamLine>[] {
  const action: Column<StreamLine> = {
    head: "Start or stop",
    quiet: true,
    cell: ({ isOn, isStopping, job, topic, again }) => {
      if (isStopping) return html`<span class="soft">stopping</span>`;
      if (isOn) return stopButton(job, `The stream of ${topic}`, "what it has stored stays, and it can go on later.");
      return again && againButton(again);
    },
  };
  return [
    {
      head: "Topic",
      cell: ({ topic, table: into, href }) =>
        html`<a href="${href}"><strong>${topic}</strong></a><small class="into">→ ${tableName(into)}</small>`,
    },
    {
      head: "State",
      cell: ({ shown, word, why, job, proof: counted_ }) =>
        html`<a href="/jobs/${job}" class="trust">${state(shown, word)}</a>${why && html`<small>${why}</small>`}${counted_ && html`<small>${proof(counted_, `/jobs/${job}/proofs`)}</small>`}`,
    },
    {
      head: "Lines/s",
      num: true,
      cell: ({ rates, isOn, topic }) =>
        rates.length > 0 &&
        html`<span class="rate">${rates.length > 1 && sparkline(`Lines per second of ${topic}`, rates)}${isOn ? rate(rates.at(-1)) : html`<span class="soft">–</span>`}</span>`,
    },
    { head: "Lag", num: true, cell: lag },
    {
      head: "Lines",
      num: true,
      cell: ({ lines, badLines }) =>
        lines !== undefined &&
        html`${group(lines)}${badLines !== undefined && badLines !== "0" && html`<small class="bad">${group(badLines)} bad</small>`}`,
    },
    { head: "Last progress", cell: ({ lastProgressAt }) => ago(lastProgressAt, now) },
    ...(mayStart ? [action] : []),
  ];
}

/** Lines per second as a figure. */
export function rate(lines: number | undefined): string {
  return lines === undefined ? "" : group(lines < 10 && lines % 1 !== 0 ? lines.toFixed(1) : Math.round(lines));
}

function replayColumns(mayStart: boolean, now: number): Column<ReplayLine>[] {
  return [
    {
      head: "File",
      cell: ({ id, file, topic }) =>
        html`<a href="/jobs/${id}"><strong>${file}</strong></a><small class="mono into">→ ${topic}</small>`,
    },
    { head: "State", cell: ({ shown, word, why }) => html`${state(shown, word)}${why && html`<small>${why}</small>`}` },
    {
      head: "Sent",
      cell: ({ file, sent, total }) =>
        sent !== undefined &&
        progress(
          `Lines sent of ${file}`,
          sent,
          total,
          total ? progressShare(sent, total, "lines") : counted(sent, "line"),
        ),
    },
    { head: "Rate", num: true, cell: line => (line.rate ? `${group(line.rate)}/s` : "as fast as it goes") },
    { head: "Since", cell: ({ at }) => ago(at, now) },
    ...(mayStart
      ? [
          {
            head: "Stop",
            quiet: true,
            cell: ({ id, file, isOn, isStopping }: ReplayLine) =>
              isStopping
                ? html`<span class="soft">stopping</span>`
                : isOn && stopButton(id, `The replay of ${file}`, "what was sent stays sent."),
          },
        ]
      : []),
  ];
}
