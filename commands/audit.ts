import { constants, copyFileSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { rebuildAudit } from "../audit/rebuild.ts";
import { REPORTS } from "../audit/reports.ts";
import { verifyArchive } from "../audit/verify.ts";
import type { Layout } from "../files/layout.ts";
import { EXIT } from "../jobs/states.ts";
import { runCommand } from "./failure.ts";
import { openProject } from "./open.ts";

/** `npm run audit`: checks the chain of records, makes the report anew from the archive, and says what was found. */
await runCommand(() => {
  const { settings, layout } = openProject();
  // Checked first: the report as it was still names what has gone from the archive since.
  const { records, oldest, newest, problems, gone } = verifyArchive(layout, settings.AUDIT_KEY);
  const kept = gone.length > 0 ? keepReports(layout) : [];
  rebuildAudit(layout);
  const span = oldest && newest ? `, ended from ${oldest.finishedAt} to ${newest.finishedAt}` : "";
  console.log(`${records} ${records === 1 ? "record" : "records"}${span}`);
  if (newest) console.log(`newest hash ${newest.hash} (${newest.id})`);
  console.log(`made anew: ${REPORTS.map(report => `archive/${report.name}`).join(", ")}`);
  if (kept.length > 0) console.log(`kept as they were, with the lines of what is gone: ${kept.join(", ")}`);
  if (problems.length === 0) {
    console.log("✓ The archive is whole: every record is as it was archived.");
    return EXIT.succeeded;
  }
  console.log(`✕ ${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in the archive:`);
  for (const problem of problems) console.log(`  ${problem}`);
  return EXIT.failed;
});

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
