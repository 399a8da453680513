import type { JobRecord } from "../../jobs/record.ts";

// What a job does with its tables says nothing about which tables they are: a search for it would find every job.
const POLICIES = new Set(["ifExists", "verify", "history"]);

/** Texts are compared in this form: neither case nor the way in which an accent is written matters. */
export function fold(text: string): string {
  return text
    .toWellFormed()
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

// Stands before the names of tables, and nowhere else: folded texts have no control characters.
const NAME = "\u0001";

/** Everything of a job that a search looks into, a line for each. */
export function searchText(record: JobRecord): string {
  const parameters = Object.entries(record.parameters ?? {}).filter(([key]) => !POLICIES.has(key));
  const texts: unknown[] = [
    ...[record.id, record.retryOf, record.type, record.submittedBy, record.note, record.file, record.cancelledBy],
    ...parameters.map(([, value]) => value),
    record.error?.message,
    ...record.tables.map(({ error }) => error?.message),
  ];
  const names = new Set(record.tables.flatMap(({ table, target }) => [table, target]));
  return [
    ...[...new Set(texts)].flatMap(text => (typeof text === "string" && text ? [fold(text)] : [])),
    ...[...names].map(name => startOfName(name)),
  ].join("\n");
}

// What a text holds where one of its tables has a name that starts so.
function startOfName(start: string): string {
  return NAME + fold(start);
}

/** A folded text as a phrase of the full text; undefined where it is too short to be looked up there. */
export function phraseOf(folded: string): string | undefined {
  return [...folded].length < 3 ? undefined : `"${folded.replaceAll('"', '""')}"`;
}
