import { findJob, knownIds } from "../files/jobs-on-disk.ts";
import type { Layout } from "../files/layout.ts";
import { nearest } from "../jobs/problem.ts";
import { EXIT } from "../jobs/states.ts";
import { CommandError } from "./failure.ts";

/** The job of an id that somebody typed; where there is none, the nearest known id is named. */
export function findTyped(layout: Layout, id: string | undefined, usage: string) {
  if (id === undefined) throw new CommandError(`usage: npm run job -- ${usage}`, EXIT.badJob);
  const found = findJob(layout, id);
  if (found) return found;
  const near = nearest(id, knownIds(layout));
  const hint = near ? `Did you mean ${near}?` : "See the known ones with: npm run job -- list";
  throw new CommandError(`There is no job ${id}. ${hint}`, EXIT.badJob);
}
