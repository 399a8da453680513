import { findJob } from "../../files/jobs-on-disk.ts";
import type { JobFile } from "../../jobs/envelope.ts";
import { type Answer, Refusal, type Route, type Visit } from "../page.ts";
import { isUnderWay, sampleJobs, summaryOf } from "./sample.ts";

/** What a person does on the pages of streams. */
export const deedRoutes: readonly Route[] = [
  { method: "post", path: "/streams", role: "operator", answer: start },
  { method: "post", path: "/streams/replay", role: "operator", answer: replay },
  { method: "post", path: "/streams/sample", role: "operator", answer: sample },
  { method: "post", path: "/streams/stop", role: "operator", answer: stop },
];

function start(visit: Visit): Answer {
  const { form, portal } = visit;
  const trigger = numberIn(form, "trigger");
  const topic = text(form, "topic");
  const [format, table] = [text(form, "format"), text(form, "table")];
  const parameters = {
    topic,
    ...(format && { format }),
    ...(table && { table }),
    ...(trigger !== undefined && { trigger }),
  };
  portal.submit(visit, { type: "stream-logs", parameters });
  const summary = summaryOf({ topic, table });
  if (form.has("summarize") && !isUnderWay(portal, summary)) portal.submit(visit, summary);
  return to(visit, "/streams", `The stream of ${topic} is queued.`);
}

function replay(visit: Visit): Answer {
  const { form, portal } = visit;
  const linesPerSecond = numberIn(form, "linesPerSecond");
  const [file, topic] = [text(form, "file"), text(form, "to")];
  const parameters = { file, topic, ...(linesPerSecond !== undefined && { linesPerSecond }) };
  portal.submit(visit, { type: "replay-logs", parameters });
  return to(visit, "/streams", `${file} is queued, to be sent to ${topic}.`);
}

function sample(visit: Visit): Answer {
  const { portal } = visit;
  const { topic, jobs } = sampleJobs(portal);
  for (const job of jobs) portal.submit(visit, job);
  return to(visit, `/streams/${topic}`, jobs.length === 0 ? "The sample runs already." : "The sample is queued.");
}

function stop(visit: Visit): Answer {
  const { form, portal } = visit;
  const found = findJob(portal.layout, text(form, "job"));
  const file: Partial<JobFile> | undefined = found?.state === "ended" ? undefined : found?.file;
  const { topic } = file?.parameters ?? {};
  if (!found || !file?.type || !STOPPED.includes(file.type))
    throw new Refusal(409, "Nothing is there to stop: it has ended already.", "The page of streams says how.");
  portal.cancel(visit, text(form, "job"));
  const back = file.type === "stream-logs" ? `/streams/${encodeURIComponent(String(topic))}` : "/streams";
  return to(visit, back, `It stops after what it is doing now.`);
}

const STOPPED: readonly string[] = ["stream-logs", "replay-logs", "summarize-requests"];

function to({ portal }: Visit, address: string, told: string): Answer {
  const waits = portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return { kind: "redirect", to: address, notice: `${told}${waits}` };
}

function text(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? "").trim();
}

function numberIn(form: URLSearchParams, name: string): number | undefined {
  const said = text(form, name);
  return said === "" ? undefined : Number(said);
}
