import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { AUDIT_REPORTS } from "../../core/audit/reports.ts";
import { reportFile } from "../../core/store/archive.ts";
import { type Layout, layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { writeArchive } from "../input/archive.ts";
import { measure } from "./archive/measure.ts";
import { sampleRecords } from "./archive/records.ts";

// npm run bench -- portal-archive <folder> [count] [--measure]
// Makes an archive of 100,000 jobs of twelve months, as the worker would leave it. Then measures its index, and for
// comparison that of an archive a tenth as large, which is made in <folder>-tenth.
const [folder, count = "100000"] = process.argv.slice(2).filter(argument => !argument.startsWith("--"));
if (!folder) throw new Error("Say where: npm run bench -- portal-archive <folder> [count] [--measure]");
const whole = archiveIn(folder, Number(count));
if (process.argv.includes("--measure")) {
  await measure(archiveIn(`${folder}-tenth`, Number(count) / 10));
  await measure(whole);
}

function archiveIn(root: string, jobs: number): Layout {
  const layout = layoutOf(resolve(root));
  prepareLayout(layout);
  if (existsSync(reportFile(layout, "jobs"))) console.log(`${layout.archive} is there already: it stays as it is.`);
  else make(layout, jobs);
  return layout;
}

function make(layout: Layout, jobs: number): void {
  const started = performance.now();
  const made = writeArchive(layout, sampleRecords(jobs));
  const sizes = AUDIT_REPORTS.map(({ name }) => `${name} ${megabytes(statSync(join(layout.archive, name)).size)}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${made.jobs} jobs of ${made.tables} tables, records of ${megabytes(made.bytes)}, ${sizes.join(", ")}; ${seconds} s`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
