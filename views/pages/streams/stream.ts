import { sparkline } from "../../charts/line.ts";
import { counted, group } from "../../format/figures.ts";
import { proof, state } from "../../format/state.ts";
import { ago, exact } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { facts, strip } from "../../parts/facts.ts";
import { hidden, textField } from "../../parts/form.ts";
import { live, tabs } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";
import { countries } from "./stream-countries.ts";
import { endpoints, requestsOverTime, type StreamFigures, statuses } from "./stream-figures.ts";
import { againButton, rate, type StreamLine, stopButton } from "./streams.ts";

/** A span of time that figures can be seen for, and its address. */
export interface TimeChoice {
  name: string;
  href: string;
  here: boolean;
}

interface BadLine {
  at: string;
  raw: string;
}

/** One stream: how it is doing, and what came through it. */
export interface StreamView {
  stream: StreamLine;
  /** Other tables that the same topic was written into. */
  others: readonly { table: string; href: string }[];
  spans: readonly TimeChoice[];
  /** The days that were chosen instead. */
  between: { from?: string; to?: string };
  path: string;
  figures?: StreamFigures;
  /** Why there are no figures, or no newer ones. */
  why?: Part;
  bad?: { count: string; samples?: readonly BadLine[] };
  here: string;
  mayAct: boolean;
  now: number;
}

/** The page of one stream: a dashboard that keeps itself true. */
export function streamPage(view: StreamView): View {
  const { stream, others, spans, figures, why, here, mayAct } = view;
  const { topic, shown, word, why: state_, isOn, isStopping, job, again, table: into } = stream;
  const action = isStopping
    ? html`<span class="soft">stopping</span>`
    : isOn
      ? stopButton(job, `The stream of ${topic}`, "what it has stored stays, and it can go on later.")
      : again && againButton(again);
  const tools = html`${linkButton("The job", `/jobs/${job}`)}${mayAct && action}`;
  const aside = html`${state(shown, word)}<a href="/streams" class="soft">All streams</a>`;
  return html`<div class="stack-page"${live("stream", here, isOn ? 3 : 15)}>${head(topic, { aside, tools })}
${state_ && notice(shown === "failed" ? "bad" : "wait", html`${word}${shown === "failed" && ":"} ${state_}`)}${pulse(view)}
<div class="span-line">${tabs("Time", spans)}${between(view)}${freshness(view)}</div>
${why && notice("wait", why)}
${figures ? drawn(figures) : !why && html`<section class="card" aria-label="Figures">${nothingYet("No figures yet.", html`They come with the first lines that are stored in ${tableName(into)}.`)}</section>`}
${badLines(view)}</div>
${facts([
  ["Table", tableName(into)],
  ["Also written into", others.length > 0 && others.map(one => html`<a href="${one.href}">${one.table}</a> `)],
  ["The same as JSON", html`<a href="/api/streams/${topic}/stats">/api/streams/${topic}/stats</a>`],
])}`;
}

function pulse({ stream, bad, now }: StreamView): View {
  const { rates, isOn, lagLines, lagSeconds, lines, badLines, lastProgressAt, topic, job, proof: counted_ } = stream;
  const behind = lagSeconds !== undefined && lagLines !== "0" && `${lagSeconds.toFixed(lagSeconds < 10 ? 1 : 0)} s`;
  return strip([
    {
      figure: isOn ? rate(rates.at(-1)) || "–" : "–",
      what: "lines per second",
      remark: rates.length > 1 && sparkline(`Lines per second of ${topic}`, rates),
    },
    {
      figure: lagLines === undefined ? "–" : group(lagLines),
      what: "lines behind",
      remark: lagLines !== undefined && (behind ? `the oldest for ${behind}` : "up to date"),
    },
    {
      figure: lines === undefined ? "–" : group(lines),
      what: "lines read",
      remark: counted_
        ? html`tables and topic ${proof(counted_, `/jobs/${job}/proofs`)}`
        : lastProgressAt && html`last ${ago(lastProgressAt, now)}`,
    },
    {
      figure: badLines === undefined ? "–" : group(badLines),
      what: "lines that can't be read",
      remark: bad && bad.count !== "0" && html`<a href="#bad-lines">see them</a>`,
    },
  ]);
}

function between({ between: { from, to }, path, stream, others }: StreamView): View {
  const isLimited = from || to;
  return html`<details class="more"${isLimited && html` open`}><summary>Other times</summary><form method="get" action="${path}" class="row" aria-label="Other times">${others.length > 0 && hidden("table", stream.table)}${textField({ name: "from", label: "From", type: "date", value: from?.slice(0, 10) })}${textField({ name: "to", label: "To", type: "date", value: to?.slice(0, 10) })}${button("Show")}</form></details>`;
}

function freshness({ figures, now }: StreamView): Part {
  if (!figures?.asOf) return undefined;
  const { snapshot, at } = figures.asOf;
  return html`<span class="soft fresh" title="snapshot ${snapshot}, ${exact(at)}">${counted(figures.requests, "request")}, as of snapshot <code>${snapshot.slice(0, 8)}…</code> ${ago(at, now)}</span>`;
}

function drawn(figures: StreamFigures): View {
  return html`${endpoints(figures)}
<div class="pair">${requestsOverTime(figures)}${statuses(figures)}</div>
${countries(figures)}`;
}

function badLines({ bad, mayAct }: StreamView): Part {
  if (!bad || bad.count === "0") return undefined;
  const { count, samples } = bad;
  const columns: Column<BadLine>[] = [
    {
      head: "Line",
      cell: ({ raw }) =>
        raw === "" ? html`<span class="soft">an empty line</span>` : html`<code class="raw">${raw}</code>`,
    },
    { head: "Came", cell: ({ at }) => html`<span class="nowrap">${exact(at)}</span>` },
  ];
  const shown =
    samples && samples.length > 0
      ? table({ caption: "The last lines that can't be read", columns }, samples)
      : html`<p class="inside-line soft">${mayAct ? "The lines themselves can't be shown now." : "An operator may see the lines themselves."}</p>`;
  return card(
    { title: "Lines that can't be read", id: "bad-lines", look: "tight", aside: `${group(count)}, kept apart` },
    shown,
  );
}
