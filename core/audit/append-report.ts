import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isId } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/record.ts";
import { archivedRecord, type Layout } from "../store/layout.ts";
import { failpoint } from "../system/failpoint.ts";
import { withReportLocked } from "./lock.ts";
import { writeAuditReports } from "./rebuild.ts";
import { readSequence } from "./records.ts";
import { AUDIT_REPORTS, type AuditReportFile } from "./reports.ts";
import { findTail } from "./tail.ts";

/**
 * Adds the newest record to both files of the report. May be repeated for it after a crash: a torn line is cut, and its
 * rows are there once. Where a file is missing, has other columns or ends with another record than the one before, both
 * are made anew from the archive. Otherwise the cost does not depend on the archive's size.
 */
export function appendAudit(layout: Layout, record: JobRecord): void {
  withReportLocked(layout, () => {
    if (isNext(layout, record))
      for (const report of AUDIT_REPORTS) append(join(layout.archive, report.name), report, record);
    else writeAuditReports(layout);
  });
}

function isNext(layout: Layout, record: JobRecord): boolean {
  const paths = AUDIT_REPORTS.map(report => join(layout.archive, report.name));
  if (!AUDIT_REPORTS.every((report, i) => startsWith(paths[i]!, report.header))) return false;
  const file = openSync(paths[0]!, "r");
  try {
    const { before } = findTail(file, record.id);
    const path = isId(before) ? archivedRecord(layout, before) : undefined;
    const sequence = path === undefined ? undefined : readSequence(path);
    // A record that was removed or spoilt keeps its line: the check of the archive names it.
    return sequence === undefined ? isId(before) || record.sequence === 1 : sequence === record.sequence - 1;
  } finally {
    closeSync(file);
  }
}

function startsWith(path: string, header: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(Buffer.byteLength(header));
    readSync(file, start, 0, start.length, 0);
    return start.toString() === header;
  } finally {
    closeSync(file);
  }
}

function append(path: string, report: AuditReportFile, record: JobRecord): void {
  const lines = Buffer.from(report.lines(record));
  const file = openSync(path, "r+");
  try {
    const { wholeBytes } = findTail(file, record.id);
    if (lines.length === 0 && fstatSync(file).size === wholeBytes) return;
    failpoint("write report");
    for (let written = 0; written < lines.length; ) {
      written += writeSync(file, lines, written, lines.length - written, wholeBytes + written);
    }
    ftruncateSync(file, wholeBytes + lines.length);
    failpoint("fsync report");
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
