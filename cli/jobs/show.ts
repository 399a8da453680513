import { relative } from "node:path";
import { parseArgs } from "node:util";
import { EXIT } from "../../core/jobs/states.ts";
import { type QueuedJob, type RunningJob, waitingSince } from "../../core/store/jobs-on-disk.ts";
import { type Layout, logFile } from "../../core/store/layout.ts";
import { userName } from "../../core/store/origin.ts";
import { itemNounOf, titleOf } from "../../engines/runner/about.ts";
import { openProject } from "../failure.ts";
import { age, printable, stateWord, workerMissing } from "../words.ts";
import { findTyped } from "./read-job.ts";
import { progressLines, showEnded } from "./show-ended.ts";

/** `show <id> [--json]`: everything about one job, its verdict first. */
export function printJob(words: string[]): number {
  const { values, positionals } = parseArgs({
    args: words,
    options: { json: { type: "boolean" } },
    allowPositionals: true,
  });
  const { layout } = openProject();
  const found = findTyped(layout, positionals[0], "show <id> [--json]");
  if (values.json) {
    console.log(JSON.stringify(found.state === "ended" ? found.record : found, null, 2));
    return EXIT.succeeded;
  }
  const lines =
    found.state === "ended"
      ? showEnded(layout, found)
      : found.state === "running"
        ? running(layout, found)
        : queued(layout, found);
  const [first, ...rest] = lines;
  console.log([first, ...rest.map(printable)].join("\n"));
  return EXIT.succeeded;
}

function queued(layout: Layout, job: QueuedJob): string[] {
  const { file, retry, stats } = job;
  const by = retry?.origin.submittedBy ?? file?.submittedBy ?? userName(stats.uid);
  const missing = workerMissing(layout);
  const again = retry && `attempt ${retry.used + 1} at ${retry.notBefore} or as soon as there is room`;
  return [
    `${stateWord("queued")} for ${age(waitingSince(job))}: ${printable(titleOf(file?.type, file?.parameters))}`,
    `submitted by ${by} at ${waitingSince(job)}`,
    ...(again ? [again] : []),
    `file: queue/${job.name}`,
    ...(missing ? [missing] : []),
  ];
}

function running(layout: Layout, { id, claim, file }: RunningJob): string[] {
  const { submittedBy, submittedAt, via } = claim.origin;
  return [
    `${stateWord("running")} for ${age(claim.claimedAt)}: ${printable(titleOf(file.type, file.parameters))}`,
    `submitted by ${submittedBy} (${via}) at ${submittedAt}, attempt ${claim.attempt}`,
    ...progressLines(layout, id, itemNounOf(file.type)),
    `log: ${relative(layout.root, logFile(layout, id, claim.attempt))}`,
  ];
}
