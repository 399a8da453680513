import { bars } from "../../charts/bars.ts";
import { type Latency, latencyBar, longestOf, milliseconds } from "../../charts/latency.ts";
import { percent, type Share, shares } from "../../charts/shares.ts";
import { counted, group } from "../../format/figures.ts";
import { html, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { table } from "../../parts/table.ts";

/** Response times in seconds; `errors` are answers of 500 and above. */
export interface EndpointFigures extends Latency {
  endpoint: string;
  requests: number;
  mean: number;
  errors: number;
}

/** What came through a stream in a span of time. */
export interface StreamFigures {
  requests: number;
  /** The slowest first, by its 95th percentile. */
  endpoints: readonly EndpointFigures[];
  /** The most first; `code` is ISO 3166-1 alpha-2. Addresses without a country stand by their class. */
  countries: readonly { code?: string; ipClass?: string; requests: number }[];
  /** `status` is missing where a line had none. */
  statuses: readonly { status?: number; requests: number }[];
  /** Every stretch of `stretch` seconds, the oldest first, those without requests too. */
  times: readonly { at: string; requests: number; errors: number }[];
  bucket: number;
  source: "statistics" | "stream";
  asOf: { snapshot: string; at: string };
}

/** How long each endpoint takes to answer. */
export function endpoints({ endpoints: all }: StreamFigures): View {
  const longest = longestOf(all);
  const columns = [
    { head: "Endpoint", cell: ({ endpoint }: EndpointFigures) => html`<strong class="mono">${endpoint}</strong>` },
    {
      head: "Time",
      cell: (one: EndpointFigures) => latencyBar(one.endpoint, one, longest),
    },
    { head: "p50", num: true, cell: ({ p50 }: EndpointFigures) => milliseconds(p50) },
    { head: "p95", num: true, cell: ({ p95 }: EndpointFigures) => milliseconds(p95) },
    { head: "p99", num: true, cell: ({ p99 }: EndpointFigures) => milliseconds(p99) },
    { head: "Mean", num: true, cell: ({ mean }: EndpointFigures) => milliseconds(mean) },
    { head: "Requests", num: true, cell: ({ requests }: EndpointFigures) => group(requests) },
    {
      head: "Errors",
      num: true,
      cell: ({ errors, requests }: EndpointFigures) =>
        errors === 0
          ? html`<span class="soft">none</span>`
          : html`<span class="bad">${percent(errors, requests)}</span>`,
    },
  ];
  return card(
    { title: "Response time", look: "tight", aside: "bar to p50, pale to p95, dot at p99" },
    html`<div class="latencies">${table({ caption: "Response time by endpoint, the slowest first", columns }, all)}</div>`,
  );
}

/** How many requests there were when, with those that failed. */
export function requestsOverTime({ times, bucket }: StreamFigures): View {
  const all = times.map(({ at, requests, errors }) => ({
    label: `${at.slice(0, 10)} ${at.slice(11, 16)}`,
    value: requests,
    bad: errors,
    description: `${counted(requests, "request")}${errors > 0 ? `, ${counted(errors, "error")}` : ""}`,
  }));
  const most = Math.max(0, ...times.map(({ requests }) => requests));
  const [first, last] = [times[0]?.at, times.at(-1)?.at];
  const day = (at: string | undefined) => at && `${at.slice(0, 10)} ${at.slice(11, 16)}`;
  return html`<figure class="chart over-time"><figcaption>Requests over time <span class="soft">${span(bucket)} a bar, most ${group(most)}</span></figcaption>${bars("Requests over time", all)}<div class="span"><small class="soft">${day(first)}</small><small class="soft">${last !== first && day(last)}</small></div></figure>`;
}

const LOOKS = [
  { from: 100, label: "1xx information", look: "soft" },
  { from: 200, label: "2xx success", look: "good" },
  { from: 300, label: "3xx redirect", look: "run" },
  { from: 400, label: "4xx client error", look: "wait" },
  { from: 500, label: "5xx server error", look: "bad" },
];

/** How requests were answered, by the class of their status. */
export function statuses({ statuses: all, requests: total }: StreamFigures): View {
  const of = (status: number | undefined) => LOOKS.findLast(({ from }) => status !== undefined && status >= from);
  const classes: (Share & { which: string })[] = LOOKS.map(({ from, label, look }) => {
    const own = all.filter(({ status }) => of(status)?.from === from);
    const count = own.reduce((sum, { requests }) => sum + requests, 0);
    const which = own.toSorted((a, b) => b.requests - a.requests).slice(0, 4);
    return { label, look, count, which: which.map(one => `${one.status} ${group(one.requests)}`).join(", ") };
  }).filter(({ count }) => count > 0);
  const lines = classes.map(
    ({ label, look, count, which }) =>
      html`<li><span class="swatch ${look}"></span><span>${label}<small class="soft">${which}</small></span><span class="num">${group(count)}</span><span class="num soft">${percent(count, total)}</span></li>`,
  );
  return html`<figure class="chart"><figcaption>Status</figcaption>${shares("Status", classes)}<ul class="statuses">${lines}</ul></figure>`;
}

function span(seconds: number): string {
  const known = { 1: "a second", 10: "ten seconds", 60: "a minute", 3600: "an hour", 86400: "a day" }[seconds];
  if (known) return known;
  return seconds < 3600
    ? `${seconds / 60} minutes`
    : seconds < 86_400
      ? `${seconds / 3600} hours`
      : `${seconds / 86_400} days`;
}
