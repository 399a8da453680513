import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Layout } from "./layout.ts";
import { isJsonName, isMonth, jsonName, proofsName } from "./names.ts";
import { packedMonths, storedNames } from "./packed.ts";

type Archive = Pick<Layout, "archive">;

/** The two reports of the audit, one row a job and one row a table. */
export const REPORT_NAMES = { jobs: "audit.csv", tables: "audit-tables.csv" } as const;

/** One of them. */
export type ReportName = keyof typeof REPORT_NAMES;

/** The months that have a folder in the archive, or are packed, the oldest first. */
export function archiveMonths(layout: Archive): string[] {
  return [...new Set([...readdirSync(layout.archive).filter(isMonth), ...packedMonths(layout)])].sort();
}

/** The folder of a month, or of the month of an ISO time. */
export function monthFolder({ archive }: Archive, time: string): string {
  return join(archive, time.slice(0, 7));
}

/** The month that a file of the archive lies in. */
export function archiveMonthOf(path: string): string {
  return basename(dirname(path));
}

/** Every file of a month that should hold a record, also those that are packed. */
export function recordPaths(layout: Archive, month: string): string[] {
  const folder = monthFolder(layout, month);
  return storedNames(folder)
    .filter(isJsonName)
    .map(name => join(folder, name));
}

/** Where a job is archived in a month. */
export function recordFile(layout: Archive, month: string, id: string): string {
  return join(monthFolder(layout, month), jsonName(id));
}

/** Where its proofs are archived. */
export function proofsFile(layout: Archive, month: string, id: string): string {
  return join(monthFolder(layout, month), proofsName(id));
}

/** Where one of the two reports lies. */
export function reportFile({ archive }: Archive, report: ReportName): string {
  return join(archive, REPORT_NAMES[report]);
}

/** The name that a report is kept under when a check finds that records have gone. */
export function keptReportName(name: string, time: string): string {
  return `${basename(name, ".csv")}-${time}.csv`;
}

/** Where the newest record of the chain is noted. */
export function headFile({ archive }: Archive): string {
  return join(archive, "head.json");
}

/** Where the audit events of a month lie. */
export function auditEventsFile(layout: Archive, month: string): string {
  return join(monthFolder(layout, month), "audit-events.ndjson");
}

/** Where the newest audit event is noted. */
export function auditEventsHeadFile({ archive }: Archive): string {
  return join(archive, "audit-events-head.json");
}

/** What is locked while a report is changed. */
export function reportLock({ archive }: Archive): string {
  return join(archive, ".audit.lock");
}

/** What is locked while an audit event is appended. */
export function auditEventsLock({ archive }: Archive): string {
  return join(archive, ".audit-events.lock");
}

/** The index of the archive, which may be deleted while nobody uses it. */
export function indexFile({ archive }: Archive): string {
  return join(archive, ".index.db");
}

/** When each script was first seen. */
export function firstSeenFile({ archive }: Archive): string {
  return join(archive, ".scripts.json");
}

/** Where rejected files go that were dismissed, or submitted again, in a month. */
export function dismissedFolder(layout: Archive, time: string): string {
  return join(monthFolder(layout, time), "set-aside");
}
