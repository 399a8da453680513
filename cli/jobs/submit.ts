import { relative } from "node:path";
import { parseArgs } from "node:util";
import { submitAs } from "../../core/actions/jobs.ts";
import type { JobFile } from "../../core/jobs/envelope.ts";
import { newId } from "../../core/jobs/id.ts";
import { EXIT } from "../../core/jobs/states.ts";
import { findJob } from "../../core/store/jobs-on-disk.ts";
import { type Layout, logFile } from "../../core/store/layout.ts";
import { titleOf } from "../../engines/runner/about.ts";
import { CommandError, openProject } from "../failure.ts";
import { terminalContext, workerMissing } from "../words.ts";
import { readJob } from "./read-job.ts";
import { wait } from "./wait.ts";

/** `submit file.json [--wait]` */
export async function submit(words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    options: { wait: { type: "boolean" } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1)
    throw new CommandError("usage: npm run job -- submit file.json [--wait]", EXIT.badJob);
  // The two belong to the portal and the worker; in a file that a person submits they would be a claim.
  const { parent: _, retryOf: __, ...job } = readJob(file);
  const { layout } = openProject();
  return await submitAndTell(layout, job, values.wait === true);
}

/** Submits a job for the person at this terminal, with its audit event, says where it is and, if asked to, follows it to its end. */
export async function submitAndTell(layout: Layout, job: JobFile, follow: boolean): Promise<number> {
  const id = job.id ?? newId(job.type);
  if (findJob(layout, id))
    throw new CommandError(`There is a job ${id} already: leave "id" out, and a new one is made.`, EXIT.badJob);
  submitAs(terminalContext(layout), id, job, titleOf(job.type, job.parameters));
  console.log(`${id} is queued. Its log will be ${relative(layout.root, logFile(layout, id, 1))}`);
  const missing = workerMissing(layout);
  if (missing) console.log(missing);
  return follow ? await wait(layout, id) : EXIT.succeeded;
}
