import { join } from "node:path";
import { archiveMonths } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { openDraft } from "./draft.ts";
import { withReportLocked } from "./lock.ts";
import { readRecord, recordFiles, recordLinks } from "./records.ts";
import { AUDIT_REPORTS } from "./reports.ts";

/** Makes both files of the report anew from the archive, the same to the byte. The worker may go on meanwhile. */
export function rebuildAudit(layout: Layout): void {
  const known = recordFiles(layout);
  const written = new Set(known);
  const draft = openReports(layout);
  try {
    draft.add(known);
    draft.sync();
    // Only the little that was archived meanwhile, which is in the newest months, is added while the worker has to wait.
    withReportLocked(layout, () => {
      draft.add(recordFiles(layout, archiveMonths(layout).slice(-2)).filter(path => !written.has(path)));
      draft.publish();
    });
  } finally {
    draft.discard();
  }
}

/** Rebuilds the report without taking the lock: the caller holds it. */
export function writeAuditReports(layout: Layout): void {
  const draft = openReports(layout);
  try {
    draft.add(recordFiles(layout));
    draft.publish();
  } finally {
    draft.discard();
  }
}

function openReports(layout: Layout) {
  const drafts = AUDIT_REPORTS.map(report => openDraft(join(layout.archive, report.name)));
  for (const [i, draft] of drafts.entries()) draft.write(AUDIT_REPORTS[i]!.header);
  return {
    add(paths: readonly string[]): void {
      for (const { path } of recordLinks(paths).links) {
        const lines = linesOf(path);
        for (const [i, draft] of drafts.entries()) draft.write(lines[i] ?? "");
      }
    },
    sync: () => drafts.forEach(draft => void draft.sync()),
    publish: () => drafts.forEach(draft => void draft.publish()),
    discard: () => drafts.forEach(draft => void draft.discard()),
  };
}

// A record that was spoilt by hand has no lines; the check of the chain names it.
function linesOf(path: string): string[] {
  const record = readRecord(path);
  try {
    return record ? AUDIT_REPORTS.map(report => report.lines(record)) : [];
  } catch {
    return [];
  }
}
