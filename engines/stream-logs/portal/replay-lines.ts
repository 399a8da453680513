import type { ReplayLine } from "../../../views/pages/streams/streams.ts";
import type { Portal } from "../../portal/page.ts";
import { jobsOf, type KnownJob, parameterText } from "./known-streams.ts";
import { type SeenProgress, seenProgress } from "./seen-progress.ts";

const ENDED = 5;

/** The files that are sent to topics now, and the last that were. */
export function replayLines(portal: Portal): ReplayLine[] {
  const jobs = jobsOf(portal, "replay-logs");
  const on = jobs.filter(isOn);
  return [...on, ...jobs.filter(job => !isOn(job)).slice(0, ENDED)].map(job => lineOf(portal, job));
}

function isOn({ state }: KnownJob): boolean {
  return state === "running" || state === "queued";
}

function lineOf(portal: Portal, job: KnownJob): ReplayLine {
  const last = job.state === "queued" ? undefined : seenProgress(portal.layout, job.id, 1)[0];
  const file = parameterText(job, "file");
  const rate = Number(parameterText(job, "linesPerSecond"));
  const sent = last?.done ?? last?.lines;
  return {
    ...{ id: job.id, topic: parameterText(job, "topic"), at: job.at, isOn: isOn(job), isStopping: job.isStopping },
    file: file.slice(file.lastIndexOf("/") + 1),
    ...wordsOf(job, last, portal.workerLives()),
    ...(rate > 0 && { rate }),
    ...(sent !== undefined && { sent }),
    ...(last?.total !== undefined && { total: last.total }),
  };
}

type Words = Pick<ReplayLine, "shown" | "word" | "why">;

function wordsOf({ state, error }: KnownJob, last: SeenProgress | undefined, workerLives: boolean): Words {
  switch (state) {
    case "queued":
      return { shown: "queued", word: "Queued", why: error ?? (workerLives ? "for a free slot" : "for a worker") };
    case "running":
      if (last?.waitingFor) return { shown: "pending", word: "Queued", why: `for ${last.waitingFor}` };
      return { shown: "running", word: last ? "Sending" : "Starting" };
    case "succeeded":
      return { shown: "succeeded", word: "Sent" };
    case "cancelled":
      return { shown: "cancelled", word: "Stopped", why: "run again, it goes on behind the last line" };
    case "failed":
      return { shown: "failed", word: "Failed", ...(error && { why: error }) };
  }
}
