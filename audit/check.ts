import { constants, copyFileSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Layout } from "../files/layout.ts";
import { rebuildAudit } from "./rebuild.ts";
import { REPORTS } from "./reports.ts";
import { type Verdict, verifyArchive } from "./verify.ts";

/** What a check of the archive found, and which files of the report it kept as they were. */
export interface Checked extends Verdict {
  kept: string[];
}

/** Checks the chain of records, then makes the report anew from the archive. */
export function checkArchive(layout: Layout, key?: string): Checked {
  // Checked first: the report as it was still names what has gone from the archive since.
  const verdict = verifyArchive(layout, key);
  const kept = verdict.gone.length > 0 ? keepReports(layout) : [];
  rebuildAudit(layout);
  return { ...verdict, kept };
}

/** The same in lines: how many records, the newest hash, and the files that were written. */
export function checkedLines({ records, oldest, newest, kept }: Checked): string[] {
  const span = oldest && newest ? `, ended from ${oldest.finishedAt} to ${newest.finishedAt}` : "";
  return [
    `${records} ${records === 1 ? "record" : "records"}${span}`,
    ...(newest ? [`newest hash ${newest.hash} (${newest.id})`] : []),
    `made anew: ${REPORTS.map(report => `archive/${report.name}`).join(", ")}`,
    ...(kept.length > 0 ? [`kept as they were, with the lines of what is gone: ${kept.join(", ")}`] : []),
  ];
}

// A record that was removed leaves no other trace than its lines.
function keepReports({ archive }: Layout): string[] {
  const time = new Date().toISOString().replace(/[-:.]/g, "");
  const names = REPORTS.map(({ name }) => name).filter(name => existsSync(join(archive, name)));
  return names.map(name => {
    const kept = `${basename(name, ".csv")}-${time}.csv`;
    copyFileSync(join(archive, name), join(archive, kept), constants.COPYFILE_EXCL);
    return `archive/${kept}`;
  });
}
