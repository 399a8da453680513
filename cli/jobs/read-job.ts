import { readFileSync } from "node:fs";
import type { JobFile } from "../../core/jobs/envelope.ts";
import { parseJobFile } from "../../core/jobs/parse/parse.ts";
import { nearest } from "../../core/jobs/parse/problem.ts";
import { EXIT } from "../../core/jobs/states.ts";
import { findJob, knownIds } from "../../core/store/jobs-on-disk.ts";
import type { Layout } from "../../core/store/layout.ts";
import { jobTypes } from "../../engines/list.ts";
import { CommandError, typedPath } from "../failure.ts";

/** Reads a job file that somebody typed the name of, and checks all of it as the worker will. */
export function readJob(file: string): JobFile {
  const parsed = parseJobFile(readFileSync(typedPath(file)), jobTypes);
  if (parsed.ok) return parsed.file;
  throw new CommandError(
    `${file} is not a valid job file:\n${parsed.problems.map(problem => `  ${problem}`).join("\n")}`,
    EXIT.badJob,
  );
}

/** The job of an id that somebody typed; where there is none, the nearest known id is named. */
export function findTyped(layout: Layout, id: string | undefined, usage: string) {
  if (id === undefined) throw new CommandError(`usage: npm run job -- ${usage}`, EXIT.badJob);
  const found = findJob(layout, id);
  if (found) return found;
  const near = nearest(id, knownIds(layout));
  const hint = near ? `Did you mean ${near}?` : "See the known ones with: npm run job -- list";
  throw new CommandError(`There is no job ${id}. ${hint}`, EXIT.badJob);
}
