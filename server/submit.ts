import { recordDeed } from "../audit/deeds.ts";
import { jobTypes } from "../engines/list.ts";
import { type Portal, Refusal } from "../engines/page.ts";
import { findJob } from "../files/jobs-on-disk.ts";
import { JobExists, submitJob } from "../files/submit.ts";
import type { JobFile } from "../jobs/envelope.ts";
import { newId } from "../jobs/id.ts";
import { parseJobFile } from "../jobs/parse.ts";

/** Submits a job in a person's name: checked as the worker will check it, so that nothing bad gets into queue/. */
export function submitFor(layout: Portal["layout"]): Portal["submit"] {
  return ({ person, address, via }, file) => {
    const parsed = parseJobFile(Buffer.from(JSON.stringify(file)), jobTypes);
    if (!parsed.ok) throw new Refusal(422, "This is not a good job.", undefined, parsed.problems.map(withoutLine));
    const id = file.id ?? newId(file.type);
    const there = () => new Refusal(409, `There is a job ${id} already.`, 'Leave "id" out, and a new one is made.');
    if (findJob(layout, id)) throw there();
    try {
      submitJob(layout, id, { ...parsed.file, via, submittedBy: person.name, submittedAt: new Date().toISOString() });
    } catch (error) {
      throw error instanceof JobExists ? there() : error;
    }
    const known = jobTypes[file.type];
    const about = known?.title(known.shape.parse(file.parameters));
    const what = file.retryOf ? "retry" : "start";
    recordDeed(layout, {
      at: new Date().toISOString(),
      by: person.name,
      role: person.role,
      from: address,
      what,
      job: id,
      ...(about && { about }),
    });
    return id;
  };
}

/** A sentence without the line number of a file that nobody wrote. */
export function withoutLine(problem: string): string {
  return problem.replace(/^line \d+, /, "");
}

/** What a person asked for, as it is believed: where it came from is said by the portal alone. */
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
