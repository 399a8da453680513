import { sparkLiteral } from "../../../../connectors/iceberg/names.ts";
import { LEVELS } from "../../../../core/log-reader/levels.ts";
import { endpointKind, HOLE } from "../../../../formats/logs/template-groups.ts";

/** Which lines somebody wants; what is left out matches all. Times are ISO, without a zone UTC; `to` is the first moment after. */
export interface Filters {
  from?: string;
  to?: string;
  levels?: readonly string[];
  service?: string;
  ip?: string;
  host?: string;
  endpoint?: string;
  template?: string;
  source?: string;
  /** A whole message, as far as the list of top errors shows it. */
  message?: string;
  status?: string;
  /** `no`: only lines that were not understood. */
  parsed?: string;
  /** Found anywhere in a line or its stack trace, in capitals or not. */
  text?: string;
}

/** The one condition for all of them, as SQL; an empty text where nothing is left out. What is no time or level is ignored. */
export function conditionOf(filters: Filters): string {
  const { from, to, levels = [], text, message, status, parsed } = filters;
  const known = levels.filter(level => (LEVELS as readonly string[]).includes(level));
  const same = SAME.flatMap(column => {
    const value = filters[column];
    if (!value) return [];
    // An endpoint with a hole stands for all that differ by an id, as the figures count them.
    const isKind = column === "endpoint" && value.includes(HOLE);
    return [`${isKind ? endpointKind(column) : column} = ${sparkLiteral(value)}`];
  });
  return [
    ...after(from, ">="),
    ...after(to, "<"),
    ...(known.length > 0 ? [`level in (${known.map(sparkLiteral).join(", ")})`] : []),
    ...same,
    ...(message ? [`left(message, 500) = ${sparkLiteral(message)}`] : []),
    ...(status && /^\d{1,9}$/.test(status) ? [`status = ${status}`] : []),
    ...(parsed === "no" ? ["not parsed"] : []),
    ...(text ? [`(${["raw", "trace"].map(column => has(column, text)).join(" or ")})`] : []),
  ].join(" and ");
}

const SAME = ["service", "ip", "host", "endpoint", "template", "source"] as const;

// What has no capitals is looked for first: a line without it need not be made small, which takes longer than to look.
function has(column: string, text: string): string {
  const found = `contains(lower(${column}), ${sparkLiteral(text.toLowerCase())})`;
  const [longest = ""] = (text.match(/[!-@[-`{-~]+/g) ?? []).sort((a, b) => b.length - a.length);
  return longest ? `contains(${column}, ${sparkLiteral(longest)}) and ${found}` : found;
}

// The day lets Spark leave out whole partitions.
function after(at: string | undefined, sign: ">=" | "<"): string[] {
  const moment = momentOf(at);
  if (!moment) return [];
  return [
    `time ${sign} timestamp ${sparkLiteral(moment)}`,
    `day ${sign === "<" ? "<=" : sign} date ${sparkLiteral(moment.slice(0, 10))}`,
  ];
}

function momentOf(at = ""): string | undefined {
  const milliseconds = Date.parse(/Z$|[+-]\d{2}:?\d{2}$|^\d{4}-\d{2}-\d{2}$/.test(at) ? at : `${at}Z`);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}
