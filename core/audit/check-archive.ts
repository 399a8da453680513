import { constants, copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { keptReportName } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { rebuildAudit } from "./rebuild.ts";
import { AUDIT_REPORTS } from "./reports.ts";
import { type ChainCheck, verifyArchive } from "./verify-chain.ts";

/** What a check of the archive found, and which files of the report it kept as they were. */
export interface ArchiveCheck extends ChainCheck {
  copies: string[];
}

/** Checks the chain of records, then makes the report anew from the archive. */
export function checkWholeArchive(layout: Layout, key?: string): ArchiveCheck {
  // Checked first: the report as it was still names what has gone from the archive since.
  const verdict = verifyArchive(layout, key);
  const copies = verdict.gone.length > 0 ? keepReports(layout) : [];
  rebuildAudit(layout);
  return { ...verdict, copies };
}

/** The same in lines: how many records, the newest hash, and the files that were written. */
export function checkedLines({ records, oldest, newest, copies }: ArchiveCheck): string[] {
  const span = oldest && newest ? `, ended from ${oldest.finishedAt} to ${newest.finishedAt}` : "";
  return [
    `${records} ${records === 1 ? "record" : "records"}${span}`,
    ...(newest ? [`newest hash ${newest.hash} (${newest.id})`] : []),
    `made anew: ${AUDIT_REPORTS.map(report => `archive/${report.name}`).join(", ")}`,
    ...(copies.length > 0 ? [`kept as they were, with the lines of what is gone: ${copies.join(", ")}`] : []),
  ];
}

// A record that was removed leaves no other trace than its lines.
function keepReports({ archive }: Layout): string[] {
  const time = new Date().toISOString().replace(/[-:.]/g, "");
  const names = AUDIT_REPORTS.map(({ name }) => name).filter(name => existsSync(join(archive, name)));
  return names.map(name => {
    const copies = keptReportName(name, time);
    copyFileSync(join(archive, name), join(archive, copies), constants.COPYFILE_EXCL);
    return `archive/${copies}`;
  });
}
