import { relative } from "node:path";
import { parseArgs } from "node:util";
import { thingOf, titleOf } from "../engines/about.ts";
import { type QueuedJob, type RunningJob, since } from "../files/jobs-on-disk.ts";
import { type Layout, logFile } from "../files/layout.ts";
import { EXIT } from "../jobs/states.ts";
import { userName } from "../worker/origin.ts";
import { findTyped } from "./find.ts";
import { openProject } from "./open.ts";
import { showEnded } from "./show-ended.ts";
import { progressLines } from "./show-progress.ts";
import { age, plain, stateWord } from "./words.ts";
import { workerMissing } from "./worker-alive.ts";

/** `show <id> [--json]`: everything about one job, its verdict first. */
export function show(words: string[]): number {
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
  console.log([first, ...rest.map(plain)].join("\n"));
  return EXIT.succeeded;
}

function queued(layout: Layout, job: QueuedJob): string[] {
  const { file, retry, stats } = job;
  const by = retry?.origin.submittedBy ?? file?.submittedBy ?? userName(stats.uid);
  const missing = workerMissing(layout);
  const again = retry && `attempt ${retry.used + 1} at ${retry.notBefore} or as soon as there is room`;
  return [
    `${stateWord("queued")} for ${age(since(job))}: ${plain(titleOf(file?.type, file?.parameters))}`,
    `submitted by ${by} at ${since(job)}`,
    ...(again ? [again] : []),
    `file: queue/${job.name}`,
    ...(missing ? [missing] : []),
  ];
}

function running(layout: Layout, { id, claim, file }: RunningJob): string[] {
  const { submittedBy, submittedAt, via } = claim.origin;
  return [
    `${stateWord("running")} for ${age(claim.claimedAt)}: ${plain(titleOf(file.type, file.parameters))}`,
    `submitted by ${submittedBy} (${via}) at ${submittedAt}, attempt ${claim.attempt}`,
    ...progressLines(layout, id, thingOf(file.type)),
    `log: ${relative(layout.root, logFile(layout, id, claim.attempt))}`,
  ];
}
