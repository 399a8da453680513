import { LRUCache } from "lru-cache";
import { submitAs } from "../../core/actions/jobs.ts";
import type { JobFile } from "../../core/jobs/envelope.ts";
import { newId } from "../../core/jobs/id.ts";
import { parseJobFile } from "../../core/jobs/parse/parse.ts";
import { findJob } from "../../core/store/jobs-on-disk.ts";
import { JobExists } from "../../core/store/submit.ts";
import { jobTypes } from "../../engines/list.ts";
import { auditContext, type Drafts, HttpError, type PageDraft, type Portal } from "../../engines/portal/page.ts";
import { titleOf } from "../../engines/runner/about.ts";

/** Submits a job in a person's name: checked as the worker will check it, so that nothing bad gets into queue/. */
export function submitFor(layout: Portal["layout"]): Portal["submit"] {
  return (actor, file) => {
    const parsed = parseJobFile(Buffer.from(JSON.stringify(file)), jobTypes);
    if (!parsed.ok) throw new HttpError(422, "Invalid job.", undefined, parsed.problems.map(withoutLine));
    const id = file.id ?? newId(file.type);
    const there = () => new HttpError(409, `There is a job ${id} already.`, 'Leave "id" out, and a new one is made.');
    if (findJob(layout, id)) throw there();
    try {
      submitAs(auditContext({ ...actor, portal: { layout } }), id, parsed.file, titleOf(file.type, file.parameters));
    } catch (error) {
      throw error instanceof JobExists ? there() : error;
    }
    return id;
  };
}

/** A message without its line number: the person filled in a form and has no file. */
export function withoutLine(problem: string): string {
  return problem.replace(/^line \d+, /, "");
}

/** The job of a person without the fields of its origin, which only the portal may set. */
export function asSubmitted({
  via: _,
  submittedBy: __,
  submittedAt: ___,
  parent: ____,
  retryOf: _____,
  ...file
}: JobFile): JobFile {
  return file;
}

const EMPTY: PageDraft = { names: new Set(), options: {} };

/** Drafts in memory: the ones that were touched longest ago go first. */
export function drafts(): Drafts {
  const cache = new LRUCache<string, PageDraft>({ max: 500 });
  const key = (person: string, page: string) => `${person} ${page}`;
  return {
    get: (person, page) => cache.get(key(person, page)) ?? EMPTY,
    set(person, page, draft) {
      if (draft) cache.set(key(person, page), draft);
      else cache.delete(key(person, page));
    },
  };
}
