import { ALL_TYPES, type AuditQuery } from "./audit-query.ts";

/** A filter as a sentence, for the page and for paper. */
export function auditWords({ view, from, to, jobs, events }: AuditQuery, query: URLSearchParams): string {
  const type = query.get("type");
  const parts =
    view === "activity"
      ? [events.what && `“${events.what}” only`, events.by && `of ${events.by}`]
      : [
          jobs.type && `of type ${jobs.type}`,
          jobs.status && `that ${jobs.status === "cancelled" ? "were cancelled" : jobs.status}`,
          jobs.person && `of ${jobs.person}`,
          jobs.table && `with “${jobs.table}” in a table's name`,
          jobs.outcome && `their tables that were ${jobs.outcome}`,
        ];
  const text = jobs.text && `with “${jobs.text}” somewhere`;
  const what = view === "activity" ? "Activity" : "Jobs that ended";
  const rest = [...parts, text].filter(Boolean).join(", ");
  const questions = view !== "activity" && !type ? " Checks and plans are left out." : "";
  const all = type === ALL_TYPES && view !== "activity" ? ", checks and plans too" : "";
  return `${what} ${spanWords(from, to)}${rest && `, ${rest}`}${all}.${questions}`;
}

function spanWords(from: string, to: string): string {
  if (!from && !to) return "at any time";
  if (!to) return `from ${from} until now (UTC)`;
  return from ? `from ${from} to ${to} (UTC)` : `until ${to} (UTC)`;
}
