import type { JobFile } from "../../../core/jobs/envelope.ts";
import type { Portal } from "../../portal/page.ts";
import { jobsOf, type KnownJob, parameterText, tableOfStream } from "./known-streams.ts";

const TOPIC = "sample-logs";
const RATE = 500;

/** The jobs that show the whole way of a line, without those that are under way already. */
export function sampleJobs(portal: Portal): { topic: string; jobs: JobFile[] } {
  const jobs: JobFile[] = [
    { type: "stream-logs", parameters: { topic: TOPIC } },
    { type: "replay-logs", parameters: { file: "sample", topic: TOPIC, linesPerSecond: RATE } },
    summaryOf({ topic: TOPIC }),
  ];
  return { topic: TOPIC, jobs: jobs.filter(job => !isUnderWay(portal, job)) };
}

/** The job that keeps the statistics of a stream's table true while the stream runs. */
export function summaryOf({ topic, table }: { topic: string; table?: string }): JobFile {
  return { type: "summarize-requests", parameters: { ...(table ? { table } : { topic }), everyMinutes: 1 } };
}

/** Whether a job of this type is at work for the same table, or waits to be. */
export function isUnderWay(portal: Portal, { type, parameters }: Pick<JobFile, "type" | "parameters">): boolean {
  const on = jobsOf(portal, type).filter(({ state }) => state === "running" || state === "queued");
  return on.some(job => tableOfStream(job) === tableOfStream({ parameters }));
}

/** Whether the statistics of a stream were made again and again the last time. */
export function wasSummarized(summaries: readonly KnownJob[], stream: KnownJob): boolean {
  const last = summaries.find(job => tableOfStream(job) === tableOfStream(stream));
  return last !== undefined && parameterText(last, "everyMinutes") !== "";
}
