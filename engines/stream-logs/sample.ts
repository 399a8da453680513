import type { JobFile } from "../../jobs/envelope.ts";
import type { Portal } from "../page.ts";
import { jobsOf, said } from "./known-streams.ts";

const TOPIC = "sample-logs";
const RATE = 500;

/** The jobs that show the whole way of a line, without those that are under way already. */
export function sampleJobs(portal: Portal): { topic: string; jobs: JobFile[] } {
  const jobs: JobFile[] = [
    { type: "stream-logs", parameters: { topic: TOPIC } },
    { type: "replay-logs", parameters: { file: "sample", topic: TOPIC, linesPerSecond: RATE } },
    { type: "summarize-requests", parameters: { topic: TOPIC, everyMinutes: 1 } },
  ];
  return { topic: TOPIC, jobs: jobs.filter(({ type }) => !isUnderWay(portal, type)) };
}

function isUnderWay(portal: Portal, type: string): boolean {
  const on = jobsOf(portal, type).filter(({ state }) => state === "running" || state === "queued");
  return on.some(job => said(job, "topic") === TOPIC);
}
