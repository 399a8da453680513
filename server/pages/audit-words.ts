import { ALL_TYPES, type AuditQuery } from "./audit-query.ts";

/** A filter as a sentence, for the page and for paper. */
export function auditWords({ view, from, to, jobs, deeds }: AuditQuery, query: URLSearchParams): string {
  const type = query.get("type");
  const told =
    view === "deeds"
      ? [deeds.what && `“${deeds.what}” only`, deeds.by && `of ${deeds.by}`]
      : [
          jobs.type && `of type ${jobs.type}`,
          jobs.status && `that ${jobs.status === "cancelled" ? "were cancelled" : jobs.status}`,
          jobs.person && `of ${jobs.person}`,
          jobs.table && `with a table ${jobs.table}…`,
          jobs.outcome && `their tables that were ${jobs.outcome}`,
        ];
  const text = jobs.text && `with “${jobs.text}” somewhere`;
  const what = view === "deeds" ? "Deeds" : "Jobs that ended";
  const rest = [...told, text].filter(Boolean).join(", ");
  const questions = view !== "deeds" && !type ? " Checks and plans are left out." : "";
  const all = type === ALL_TYPES && view !== "deeds" ? ", checks and plans too" : "";
  return `${what} ${spanWords(from, to)}${rest && `, ${rest}`}${all}.${questions}`;
}

function spanWords(from: string, to: string): string {
  if (!from && !to) return "at any time";
  if (!to) return `from ${from} until now (UTC)`;
  return from ? `from ${from} to ${to} (UTC)` : `until ${to} (UTC)`;
}
