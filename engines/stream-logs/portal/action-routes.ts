import type { JobFile } from "../../../core/jobs/envelope.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { refusedForm } from "../../refused-form.ts";
import { streamsPageRoute } from "./list-page.ts";
import { isUnderWay, sampleJobs, summaryOf } from "./sample.ts";

/** What a person does on the pages of streams. */
export const actionRoutes: readonly Route[] = [
  { method: "post", path: "/streams", role: "operator", answer: start },
  { method: "post", path: "/streams/replay", role: "operator", answer: replay },
  { method: "post", path: "/streams/sample", role: "operator", answer: sample },
  { method: "post", path: "/streams/stop", role: "operator", answer: stop },
];

function start(request: RequestContext): RouteResult {
  const { form, portal } = request;
  const trigger = numberIn(form, "trigger");
  const topic = text(form, "topic");
  const [format, table] = [text(form, "format"), text(form, "table")];
  const parameters = {
    topic,
    ...(format && { format }),
    ...(table && { table }),
    ...(trigger !== undefined && { trigger }),
  };
  try {
    portal.submit(request, { type: "stream-logs", parameters });
  } catch (error) {
    const { state, status } = refusedForm(error, form, STREAM_FIELDS);
    return streamsPageRoute(request, { stream: state }, status);
  }
  const summary = summaryOf({ topic, table });
  if (form.has("summarize") && !isUnderWay(portal, summary)) portal.submit(request, summary);
  return to(request, "/streams", `The stream of ${topic} is queued.`);
}

function replay(request: RequestContext): RouteResult {
  const { form, portal } = request;
  const linesPerSecond = numberIn(form, "linesPerSecond");
  const [file, topic] = [text(form, "file"), text(form, "to")];
  const parameters = { file, topic, ...(linesPerSecond !== undefined && { linesPerSecond }) };
  try {
    portal.submit(request, { type: "replay-logs", parameters });
  } catch (error) {
    const { state, status } = refusedForm(error, form, REPLAY_FIELDS);
    return streamsPageRoute(request, { replay: state }, status);
  }
  return to(request, "/streams", `${file} is queued, to be sent to ${topic}.`);
}

const STREAM_FIELDS = { topic: "topic", format: "format", table: "table", trigger: "trigger" };
const REPLAY_FIELDS = { file: "file", topic: "to", linesPerSecond: "linesPerSecond" };

function sample(request: RequestContext): RouteResult {
  const { portal } = request;
  const { topic, jobs } = sampleJobs(portal);
  for (const job of jobs) portal.submit(request, job);
  return to(request, `/streams/${topic}`, jobs.length === 0 ? "The sample runs already." : "The sample is queued.");
}

function stop(request: RequestContext): RouteResult {
  const { form, portal } = request;
  const found = findJob(portal.layout, text(form, "job"));
  const file: Partial<JobFile> | undefined = found?.state === "ended" ? undefined : found?.file;
  const { topic } = file?.parameters ?? {};
  if (!found || !file?.type || !STOPPED.includes(file.type))
    throw new HttpError(409, "Nothing is there to stop: it has ended already.", "The page of streams says how.");
  portal.cancel(request, text(form, "job"));
  const back = file.type === "stream-logs" ? `/streams/${encodeURIComponent(String(topic))}` : "/streams";
  return to(request, back, `It stops after what it is doing now.`);
}

const STOPPED: readonly string[] = ["stream-logs", "replay-logs", "summarize-requests"];

function to({ portal }: RequestContext, address: string, notice: string): RouteResult {
  const waits = portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return { kind: "redirect", to: address, notice: `${notice}${waits}` };
}

function text(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? "").trim();
}

function numberIn(form: URLSearchParams, name: string): number | string | undefined {
  const typed = text(form, name);
  // What is no number is refused as it was typed.
  return typed === "" ? undefined : Number.isNaN(Number(typed)) ? typed : Number(typed);
}
