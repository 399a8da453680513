import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import { openDraft } from "../../core/audit/draft.ts";
import { writeHead } from "../../core/audit/head.ts";
import { AUDIT_REPORTS } from "../../core/audit/reports.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { monthFolder, proofsFile, recordFile } from "../../core/store/archive.ts";
import { eventsFile, type Layout, logFile } from "../../core/store/layout.ts";

/**
 * Writes records, proofs, logs and reports as the worker would leave them, and the audit events of who started them; counts
 * jobs, tables, and the bytes of the records.
 */
export function writeArchive(layout: Layout, records: Iterable<JobRecord>) {
  const drafts = AUDIT_REPORTS.map(({ name, header }) => {
    const draft = openDraft(join(layout.archive, name));
    draft.write(header);
    return draft;
  });
  const made = { jobs: 0, tables: 0, bytes: 0 };
  let last: JobRecord | undefined;
  for (const record of records) {
    mkdirSync(monthFolder(layout, record.finishedAt), { recursive: true });
    const text = `${JSON.stringify(record, null, 2)}\n`;
    writeFileSync(recordFile(layout, record.finishedAt, record.id), text);
    const proofs = record.tables.flatMap(({ table, proof }) =>
      proof ? [`${JSON.stringify({ table, ...proof })}\n`] : [],
    );
    if (proofs.length > 0) writeFileSync(proofsFile(layout, record.finishedAt, record.id), proofs.join(""));
    writeLogs(layout, record);
    if (record.via === "portal") recordStart(layout, record);
    for (const [i, draft] of drafts.entries()) draft.write(AUDIT_REPORTS[i]!.lines(record));
    made.jobs += 1;
    made.tables += record.tables.length;
    made.bytes += Buffer.byteLength(text);
    last = record;
  }
  for (const draft of drafts) draft.publish();
  if (last) writeHead(layout, last, undefined);
  return made;
}

// The log and the events of a job that has ended.
function writeLogs(layout: Layout, { id, type, startedAt: at, finishedAt, status, tables }: JobRecord): void {
  const lines = tables.flatMap(({ table, target, outcome }) => [`${at} ${table} to ${target}`, `${table}: ${outcome}`]);
  writeFileSync(logFile(layout, id, 1), `${[`engines/run.ts ${type}`, ...lines, status].join("\n")}\n`);
  const events = tables.map(outcome => ({ at: finishedAt, attempt: 1, event: "table-ended", ...outcome }));
  writeFileSync(eventsFile(layout, id), events.map(event => `${JSON.stringify(event)}\n`).join(""));
}

// What a person who starts a job from a page leaves.
function recordStart(layout: Layout, { id, type, submittedAt: at, submittedBy: by }: JobRecord): void {
  recordAuditEvent({ layout, by, role: "operator", via: "portal" }, { at, what: "start", job: id, detail: type });
}
