import type { StreamLine } from "../../../views/pages/streams/streams.ts";
import type { Portal } from "../../portal/page.ts";
import { jobsOf, type KnownJob, parameterText, tableOfStream } from "./known-streams.ts";
import { wasSummarized } from "./sample.ts";
import { type SeenProgress, seenProgress } from "./seen-progress.ts";

const SAMPLES = 60;
// A batch that takes longer than this has stopped moving.
const STALE = 120_000;

/** Every stream there is or was, by the table that it is written into; what runs comes first. */
export function streamLines(portal: Portal, now: number): StreamLine[] {
  const newest = new Map<string, KnownJob>();
  for (const job of jobsOf(portal, "stream-logs")) {
    const table = tableOfStream(job);
    if (parameterText(job, "topic") && !newest.has(table)) newest.set(table, job);
  }
  const jobs = [...newest.values()];
  const summaries = jobsOf(portal, "summarize-requests");
  const topics = jobs.map(job => parameterText(job, "topic"));
  return jobs.map(job => {
    const isOneOfSeveral = topics.filter(topic => topic === parameterText(job, "topic")).length > 1;
    return lineOf(portal, job, now, { isOneOfSeveral, isSummarized: wasSummarized(summaries, job) });
  });
}

interface Besides {
  isOneOfSeveral: boolean;
  isSummarized: boolean;
}

function lineOf(portal: Portal, job: KnownJob, now: number, { isOneOfSeveral, isSummarized }: Besides): StreamLine {
  const topic = parameterText(job, "topic");
  const table = tableOfStream(job);
  const progress = job.state === "queued" ? [] : seenProgress(portal.layout, job.id, SAMPLES);
  const last = progress.at(-1);
  const isOn = job.state === "running" || job.state === "queued";
  return {
    ...{ topic, table, job: job.id, isOn, isStopping: job.isStopping },
    href: `/streams/${encodeURIComponent(topic)}${isOneOfSeveral ? `?table=${encodeURIComponent(table)}` : ""}`,
    ...wordsOf(job, last, now, portal.workerLives()),
    ...(!isOn && { again: againOf(job, isSummarized) }),
    ...(job.proof && { proof: job.proof }),
    rates: progress.flatMap(({ linesPerSecond }) => linesPerSecond ?? []),
    ...figuresOf(last),
  };
}

function figuresOf(last: SeenProgress | undefined): Partial<StreamLine> {
  const { lines, badLines, lagLines, lagSeconds, lastProgressAt } = last ?? {};
  return {
    ...(lines !== undefined && { lines: String(lines) }),
    ...(badLines !== undefined && { badLines: String(badLines) }),
    ...(lagLines !== undefined && { lagLines: String(lagLines) }),
    ...(lagSeconds !== undefined && { lagSeconds: Number(lagSeconds) }),
    ...(lastProgressAt && { lastProgressAt }),
  };
}

type Words = Pick<StreamLine, "shown" | "word" | "why">;

function wordsOf(job: KnownJob, last: SeenProgress | undefined, now: number, workerLives: boolean): Words {
  const { state, error, isStopping } = job;
  switch (state) {
    case "queued":
      return { shown: "queued", word: "Queued", why: error ?? (workerLives ? "for a free slot" : "for a worker") };
    case "succeeded":
    case "cancelled":
      return { shown: "cancelled", word: "Stopped" };
    case "failed":
      return { shown: "failed", word: "Failed", ...(error && { why: error }) };
  }
  if (isStopping) return { shown: "running", word: "Stopping" };
  if (!workerLives) return { shown: "warning", word: "No worker", why: "looks after it; it goes on by itself." };
  if (last?.waitingFor) return { shown: "pending", word: "Queued", why: `for ${last.waitingFor}` };
  if (!last) return { shown: "running", word: "Starting", why: "by asking Spark and the broker" };
  const since = last.lastProgressAt && now - Date.parse(last.lastProgressAt);
  if (since && since > STALE && last.lagLines)
    return {
      shown: "warning",
      word: "Stands still",
      why: `for ${Math.round(since / 60_000)} min: no batch was written.`,
    };
  return { shown: "running", word: "Running" };
}

// What a form sends to start it as it was.
function againOf(job: KnownJob, isSummarized: boolean): Record<string, string> {
  const fields = ["topic", "format", "table", "trigger"].map(name => [name, parameterText(job, name)]);
  return Object.fromEntries([...fields, ["summarize", isSummarized ? "on" : ""]].filter(([, value]) => value !== ""));
}
