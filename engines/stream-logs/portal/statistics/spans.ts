import type { TimeChoice } from "../../../../views/pages/streams/stream.ts";
import { withQuery } from "../../../../views/parts/list.ts";
import { HttpError } from "../../../portal/page.ts";
import type { Between } from "./sql.ts";

/** Which requests: all, those of so many seconds before the newest, or those between two moments. */
export interface SpanOfTime {
  name: string;
  isAll: boolean;
  seconds?: number;
  between: Between;
}

const SPANS: readonly (readonly [name: string, words: string, seconds: number])[] = [
  ["15m", "Last 15 minutes", 900],
  ["1h", "Last hour", 3600],
  ["24h", "Last 24 hours", 86_400],
  ["7d", "Last 7 days", 604_800],
];

/** The span that an address asks for. */
export function spanIn(query: URLSearchParams): SpanOfTime {
  const [from, to] = [momentIn(query, "from"), momentIn(query, "to")];
  if (from || to) return { name: "between", isAll: false, between: { ...(from && { from }), ...(to && { to }) } };
  const found = SPANS.find(([name]) => name === query.get("span"));
  if (!found) return { name: "", isAll: true, between: {} };
  return { name: found[0], isAll: false, seconds: found[2], between: {} };
}

/** Every span that a page offers. */
export function spansFor(path: string, query: URLSearchParams, chosen: SpanOfTime): TimeChoice[] {
  const none = { from: undefined, to: undefined };
  return [
    { name: "All", href: withQuery(path, query, { ...none, span: undefined }), here: chosen.isAll },
    ...SPANS.map(([name, words]) => ({
      name: words,
      href: withQuery(path, query, { ...none, span: name }),
      here: chosen.name === name,
    })),
  ];
}

/** The days that an address was given, as it was given them. */
export function daysIn(query: URLSearchParams): Between {
  const [from, to] = [query.get("from"), query.get("to")];
  return { ...(from && { from }), ...(to && { to }) };
}

// A day or a moment. A day that is the end is whole.
function momentIn(query: URLSearchParams, name: "from" | "to"): string | undefined {
  const text = (query.get(name) ?? "").trim();
  if (!text) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = Date.parse(isDay || /Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(at))
    throw new HttpError(422, `"${text.slice(0, 40)}" is no time.`, "Write 2026-11-25 or 2026-11-25T09:30.");
  return new Date(at + (isDay && name === "to" ? 86_400_000 : 0)).toISOString();
}
