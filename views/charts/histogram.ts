import type { ParsedLevel } from "../../core/log-reader/levels.ts";
import { group } from "../format/figures.ts";
import { LEVEL_LOOKS, level, SHOWN_LEVELS } from "../format/levels.ts";
import { html, type Part, type View } from "../html.ts";
import { table } from "../parts/table.ts";
import { framed, roundUp, ticksOf } from "./frame.ts";

/** A span of time and how many lines of each level it has. Times are milliseconds since the epoch. */
export interface Bucket {
  at: number;
  label: string;
  counts: Readonly<Partial<Record<ParsedLevel, number>>>;
}

/** `form` is the id of the form whose `from` and `to` take the span that somebody marks on it. */
export interface Marking {
  form: string;
  words: string;
}

const WIDTH = 10;
const HEIGHT = 160;

/** Lines over time, the worst level at the bottom so that it is seen among many. A span can be marked where a script runs. */
export function histogram(
  title: string,
  buckets: readonly Bucket[],
  to: number,
  marking?: Marking,
  aside?: Part,
): View {
  const first = buckets[0];
  if (!first) return html``;
  const highest = roundUp(Math.max(...buckets.map(total)));
  const drawn = buckets.map((bucket, i) => bar(bucket, i, highest));
  const whole = buckets.length * WIDTH;
  const svg = html`<svg class="histogram" viewBox="0 0 ${whole} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}: ${description(buckets)}"><path class="grid" d="M0 0H${whole}M0 ${HEIGHT / 2}H${whole}M0 ${HEIGHT}H${whole}"/>${drawn}<rect class="marked" x="0" y="0" width="0" height="${HEIGHT}" data-marked/></svg>`;
  const edges = [...buckets.map(({ at }) => at), to].map(at => new Date(at).toISOString().slice(0, 19));
  const plot = marking
    ? html`<div class="brush" data-brush="${marking.form}" data-edges="${edges.join(" ")}" data-each="${WIDTH}">${svg}</div>`
    : svg;
  return framed(
    {
      title,
      aside,
      highest,
      ticks: ticksOf(first.at, to),
      legend: legend(buckets),
      figures: figures(title, buckets),
      after: marking && ends(marking, buckets.length),
    },
    plot,
  );
}

// Two sliders, one for each end: what the mouse does is done by keys as well. Without script there is the form.
function ends({ words }: Marking, count: number): View {
  const end = (name: string, label: string, value: number) =>
    html`<label class="end"><span>${label}</span><input type="range" min="0" max="${count}" value="${value}" data-end="${name}"></label>`;
  return html`<div class="ends" data-ends hidden>${end("from", "First moment", 0)}${end("to", "Last moment", count)}<output class="soft" data-span>${words}</output><button class="button" type="button" data-take disabled>Zoom to selection</button></div>`;
}

function bar(bucket: Bucket, i: number, highest: number): View {
  let y = HEIGHT;
  const parts = SHOWN_LEVELS.map(one => {
    const count = bucket.counts[one] ?? 0;
    if (count === 0) return undefined;
    const high = Math.max(2, (count / highest) * HEIGHT);
    y -= high;
    return html`<rect class="${one}" x="${i * WIDTH + 1}" y="${Math.max(0, y).toFixed(1)}" width="${WIDTH - 2}" height="${high.toFixed(1)}"/>`;
  });
  const words = SHOWN_LEVELS.flatMap(one => {
    const count = bucket.counts[one];
    return count ? [`${group(count)} ${LEVEL_LOOKS[one].word.toLowerCase()}`] : [];
  });
  return html`<g><title>${bucket.label}: ${words.join(", ") || "nothing"}</title><rect class="ghost" x="${i * WIDTH}" y="0" width="${WIDTH}" height="${HEIGHT}"/>${parts}</g>`;
}

function legend(buckets: readonly Bucket[]): View {
  const there = SHOWN_LEVELS.filter(one => buckets.some(({ counts }) => counts[one]));
  return html`<span class="legend">${there.map(one => html`<span><i class="key ${one}"></i>${level(one)}</span>`)}</span>`;
}

function figures(title: string, buckets: readonly Bucket[]): View {
  const there = SHOWN_LEVELS.filter(one => buckets.some(({ counts }) => counts[one]));
  const count = (one: ParsedLevel) => (bucket: Bucket) => group(bucket.counts[one] ?? 0);
  return table(
    {
      caption: title,
      columns: [
        { head: "From", cell: ({ label }: Bucket) => label },
        ...there.map(one => ({ head: LEVEL_LOOKS[one].word, num: true, cell: count(one) })),
      ],
    },
    buckets.filter(bucket => total(bucket) > 0),
  );
}

function total({ counts }: Bucket): number {
  return SHOWN_LEVELS.reduce((sum, one) => sum + (counts[one] ?? 0), 0);
}

function description(buckets: readonly Bucket[]): string {
  const most = buckets.reduce((high, bucket) => (total(bucket) > total(high) ? bucket : high));
  return total(most) === 0 ? "nothing" : `most ${group(total(most))} lines from ${most.label}`;
}
