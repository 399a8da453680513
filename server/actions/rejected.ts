import { parseJobFile } from "../../core/jobs/parse/parse.ts";
import { jobTypes } from "../../engines/list.ts";
import { HttpError, type RequestContext } from "../../engines/portal/page.ts";
import type { RejectedFile } from "../state/rejected.ts";
import type { ActionResult } from "./jobs.ts";
import { setAside } from "./set-aside.ts";
import { asSubmitted } from "./submit.ts";

/** Moves rejected files to the archive with the reason of the person who dismisses them. Returns their names. */
export function dismissRejected(request: RequestContext, files: readonly RejectedFile[], why: string): string[] {
  for (const file of files) setAside(request, file, { what: "dismiss", why });
  return files.map(({ name }) => name);
}

/** Submits the corrected text of a rejected file as a job, and sets the file aside; or says what is wrong with the text. */
export function submitRejected(
  request: RequestContext,
  file: RejectedFile,
  text: string,
): ActionResult | { problems: readonly string[] } {
  const parsed = parseJobFile(Buffer.from(text), jobTypes);
  if (!parsed.ok) return { problems: parsed.problems };
  let id: string;
  try {
    id = request.portal.submit(request, asSubmitted(parsed.file));
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { problems, message, hint } = error;
    return { problems: problems.length > 0 ? problems : [[message, hint].filter(Boolean).join(" ")] };
  }
  const waits = request.portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return { id, notice: `${file.name} is submitted as ${id}.${waits}${kept(request, file, id)}` };
}

// The job is in the queue whatever comes of the file.
function kept(request: RequestContext, file: RejectedFile, job: string): string {
  try {
    setAside(request, file, { what: "submit again", job });
    return " The rejected file is in the archive.";
  } catch (error) {
    return ` The rejected file could not be moved to the archive: ${(error as Error).message}`;
  }
}
