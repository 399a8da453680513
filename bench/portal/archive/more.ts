import { mkdirSync, writeFileSync } from "node:fs";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { readArchiveHead, writeHead } from "../../../core/audit/head.ts";
import { readRecord } from "../../../core/audit/records.ts";
import { monthFolder, recordFile } from "../../../core/store/archive.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { sampleRecords } from "./records.ts";

/** Archives more jobs after the newest one as the worker does: the record, then its lines in the report. Milliseconds of each append. */
export function archiveMore(layout: Layout, count: number): number[] {
  const head = readArchiveHead(layout);
  if (!head || head === "unreadable") throw new Error(`${layout.archive} has no head.`);
  const last = readRecord(recordFile(layout, head.month, head.id));
  return Array.from(sampleRecords(count, last), record => {
    mkdirSync(monthFolder(layout, record.finishedAt), { recursive: true });
    writeFileSync(recordFile(layout, record.finishedAt, record.id), JSON.stringify(record, null, 2));
    const began = performance.now();
    appendAudit(layout, record);
    const took = performance.now() - began;
    writeHead(layout, record, undefined);
    return took;
  });
}
