import { eventShape } from "../../../core/jobs/events.ts";
import { progressOf } from "../../../core/jobs/progress.ts";
import { isEnough } from "../../../core/people/roles.ts";
import type { findJob } from "../../../core/store/jobs-on-disk.ts";
import { eventsFile } from "../../../core/store/layout.ts";
import { readLines } from "../../../core/system/ndjson.ts";
import { analysisProgressPage } from "../../../views/pages/analyses/analysis-progress.ts";
import type { RequestContext, RouteResult } from "../../portal/page.ts";
import { analysisTitle } from "./past.ts";

type Found = NonNullable<ReturnType<typeof findJob>>;

/** The page of an analysis that is not there yet, or came to nothing. */
export function analysisUnderWay(request: RequestContext, job: Found): RouteResult {
  const { portal, parameters, query, person, now } = request;
  const id = parameters.id ?? "";
  const of = job.state === "ended" ? job.record.parameters : (job.file?.parameters ?? {});
  const { title, files } = analysisTitle(of);
  const here = query.size > 0 ? `/analyses/${id}?${query}` : `/analyses/${id}`;
  const common = { id, title, files, here, now, mayAct: isEnough(person.role, "operator") };
  if (job.state === "ended") {
    const { status, error, tables, finishedAt: at } = job.record;
    const why = tables.find(outcome => outcome.error)?.error ?? error;
    const body = analysisProgressPage({ ...common, state: status, at, ...(why && { error: why }) });
    return { kind: "page", title, body, here: "/analyses" };
  }
  const events = readLines(eventsFile(portal.layout, id), eventShape);
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
