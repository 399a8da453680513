import { nearest } from "../../core/jobs/parse/problem.ts";
import {
  type EndedJob,
  findJob,
  listQueued,
  listRunning,
  type QueuedJob,
  type RunningJob,
} from "../../core/store/jobs-on-disk.ts";
import { HttpError, type Portal } from "../../engines/portal/page.ts";

/** The job of an id that somebody asked for. Throws a 404 that names the nearest id where there is none. */
export function findRequestedJob(
  portal: Pick<Portal, "layout" | "index">,
  id: string,
): QueuedJob | RunningJob | EndedJob {
  const found = findJob(portal.layout, id);
  if (found) return found;
  const near = nearest(id, idsLike(portal, id));
  throw new HttpError(
    404,
    `There is no job ${id.slice(0, 120)}.`,
    near ? `Did you mean ${near}?` : "The list of jobs has all there are.",
  );
}

// Whoever mistypes an id has its time or its letters right: the archive is asked for these, not read whole.
function idsLike({ layout, index }: Pick<Portal, "layout" | "index">, id: string): string[] {
  const parts = [
    id.split("-")[0] ?? "",
    id
      .replace(/(-1)+$/, "")
      .split("-")
      .at(-1) ?? "",
  ];
  index.refresh();
  const archived = parts.filter(part => part.length >= 5).flatMap(text => index.jobs({ text, limit: 20 }).rows);
  const here = [...listQueued(layout), ...listRunning(layout), ...archived];
  return here.flatMap(job => job.id ?? []);
}
