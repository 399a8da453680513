import { readArchiveHead } from "../audit/head.ts";
import { type ArchiveIndex, tableCursorOf } from "../audit/index/open.ts";
import { readRecord } from "../audit/records.ts";
import { archivedRecord, type Layout } from "../store/layout.ts";
import { proofsBeside } from "../store/names.ts";
import { type Certificate, type CertificateEntry, entriesOf, sealed } from "./certificate.ts";

/** Whom a certificate is about. */
export type Subject = Certificate["of"];

const PAGE = 1000;
const MOST_ROWS = 100_000;
/** How many tables one certificate may have. */
const MOST_ENTRIES = 5000;

/**
 * Makes a certificate: of a job, all of its tables; of a table or a namespace, for each pair of source and target what the
 * newest job of each type says that did not leave it out. Undefined where the archive knows nothing of it.
 */
export function issueCertificate(
  { layout, index }: { layout: Layout; index: ArchiveIndex },
  of: Subject,
  issued: { at: string; by: string },
): Certificate | undefined {
  const entries = of.kind === "job" ? entriesIn(layout, of.name) : newest(layout, index, of);
  if (entries.length === 0) return undefined;
  const head = readArchiveHead(layout);
  const archive = head && head !== "unreadable" ? { sequence: head.sequence, id: head.id, hash: head.hash } : undefined;
  return sealed({
    ...{ version: 1, of, issuedAt: issued.at, issuedBy: issued.by },
    ...(archive && { archive }),
    entries,
  });
}

/** What the archive says of each table of a job; none where there is no such record. */
export function entriesIn(layout: Layout, job: string): CertificateEntry[] {
  const path = archivedRecord(layout, job);
  const record = path === undefined ? undefined : readRecord(path);
  return path && record ? entriesOf(record, proofsBeside(path)) : [];
}

function newest(layout: Layout, index: ArchiveIndex, of: Subject): CertificateEntry[] {
  const wanted = of.name.toLowerCase();
  const isMeant = (name: string) =>
    of.kind === "table" ? name.toLowerCase() === wanted : name.toLowerCase().startsWith(`${wanted}.`);
  const last = new Map<string, string>();
  let before: string | undefined;
  index.refresh();
  for (let offset = 0; offset < MOST_ROWS && last.size < MOST_ENTRIES; offset += PAGE) {
    const { rows, more } = index.tables({ table: of.name, limit: PAGE, before });
    for (const { type, table, target, job, outcome } of rows) {
      if (outcome === "skipped" || outcome === "cancelled" || !(isMeant(table) || isMeant(target))) continue;
      const pair = JSON.stringify([type, table, target]);
      if (!last.has(pair)) last.set(pair, job);
    }
    const end = rows.at(-1);
    if (!more || !end) break;
    before = tableCursorOf(end);
  }
  const byJob = new Map<string, CertificateEntry[]>();
  return [...last].flatMap(([pair, job]) => {
    const entries = byJob.get(job) ?? entriesIn(layout, job);
    byJob.set(job, entries);
    const [, table, target] = JSON.parse(pair) as string[];
    return entries.find(entry => entry.table === table && entry.target === target) ?? [];
  });
}
