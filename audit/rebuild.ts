import { join } from "node:path";
import type { Layout } from "../files/layout.ts";
import { openDraft } from "./draft.ts";
import { withReportLocked } from "./lock.ts";
import { chainOf, readRecord, recordFiles } from "./records.ts";
import { REPORTS } from "./reports.ts";

/** Makes both files of the report anew from the archive, the same to the byte. The worker may go on meanwhile. */
export function rebuildAudit(layout: Layout): void {
  const known = withReportLocked(layout, () => recordFiles(layout));
  const draft = openReports(layout);
  try {
    draft.add(known);
    // Only the little that was archived meanwhile is added while the worker has to wait.
    withReportLocked(layout, () => {
      const seen = new Set(known);
      draft.add(recordFiles(layout).filter(path => !seen.has(path)));
      draft.publish();
    });
  } finally {
    draft.discard();
  }
}

/** The same for who holds the lock already. */
export function writeReports(layout: Layout): void {
  const draft = openReports(layout);
  try {
    draft.add(recordFiles(layout));
    draft.publish();
  } finally {
    draft.discard();
  }
}

function openReports(layout: Layout) {
  const drafts = REPORTS.map(report => openDraft(join(layout.archive, report.name)));
  for (const [i, draft] of drafts.entries()) draft.write(REPORTS[i]!.header);
  return {
    add(paths: readonly string[]): void {
      for (const { path } of chainOf(paths).links) {
        const lines = linesOf(path);
        for (const [i, draft] of drafts.entries()) draft.write(lines[i] ?? "");
      }
    },
    publish: () => drafts.forEach(draft => void draft.publish()),
    discard: () => drafts.forEach(draft => void draft.discard()),
  };
}

// A record that was spoilt by hand has no lines; the check of the chain names it.
function linesOf(path: string): string[] {
  const record = readRecord(path);
  try {
    return record ? REPORTS.map(report => report.lines(record)) : [];
  } catch {
    return [];
  }
}
