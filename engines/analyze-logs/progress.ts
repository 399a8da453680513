import type { findJob } from "../../files/jobs-on-disk.ts";
import { eventsFile } from "../../files/layout.ts";
import { readLines } from "../../files/ndjson.ts";
import type { JobEvent } from "../../jobs/events.ts";
import { isEnough } from "../../jobs/people.ts";
import { progressOf } from "../../jobs/progress.ts";
import { analysisProgressPage } from "../../views/pages/analysis-progress.ts";
import type { Answer, Visit } from "../page.ts";
import { titleOf } from "./past.ts";

type Found = NonNullable<ReturnType<typeof findJob>>;

/** The page of an analysis that is not there yet, or came to nothing. */
export function underWay(visit: Visit, job: Found): Answer {
  const { portal, parameters, query, person, now } = visit;
  const id = parameters.id ?? "";
  const of = job.state === "ended" ? job.record.parameters : (job.file?.parameters ?? {});
  const { title, files } = titleOf(of);
  const here = query.size > 0 ? `/analyses/${id}?${query}` : `/analyses/${id}`;
  const common = { id, title, files, here, now, mayAct: isEnough(person.role, "operator") };
  if (job.state === "ended") {
    const { status, error, tables, finishedAt: at } = job.record;
    const why = tables.find(outcome => outcome.error)?.error ?? error;
    const body = analysisProgressPage({ ...common, state: status, at, ...(why && { error: why }) });
    return { kind: "page", title, body, here: "/analyses" };
  }
  const events = readLines<JobEvent>(eventsFile(portal.layout, id));
  const progress = progressOf(events);
  const [step] = progress.tables;
  const read = events.findLast(event => event.event === "progress" && /^read [\d,]+ lines$/.test(event.step));
  const body = analysisProgressPage({
    ...common,
    state: job.state,
    at: job.state === "running" ? job.claim.claimedAt : job.stats.mtime.toISOString(),
    ...(step?.step && { step: WORDS[step.step] ?? step.step }),
    ...(step?.bytes && { bytes: step.bytes }),
    ...(read?.event === "progress" && { lines: read.step.replace("read ", "") }),
    ...(step?.done !== undefined && { done: step.done }),
    ...(step?.total !== undefined && { total: step.total }),
    notes: progress.notes.map(({ text }) => text),
    ...(!portal.workerLives() && {
      waits: "No worker is running. Start it with npm start; nothing is lost meanwhile.",
    }),
  });
  return { kind: "page", title, body, here: "/analyses" };
}

const WORDS: Readonly<Record<string, string>> = {
  count: "The lines are counted",
  write: "The lines are read and written into their table",
  copy: "The lines are read and written into their table",
  prove: "It is made sure that no line is missing",
  analyse: "What went wrong is counted",
};
