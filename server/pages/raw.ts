import { basename, dirname } from "node:path";
import { type Answer, Refusal, type Route, type Visit } from "../../engines/page.ts";
import { type OpenedFile, openServed, servedFile } from "../../files/served.ts";
import { findAsked } from "../find-job.ts";
import { rangeOf } from "../range.ts";
import { wantedId } from "./log-file.ts";

/** The files of a job as they are: its record, or its job file while it has none, and its proofs. */
export function rawRoutes(): Route[] {
  return [
    { method: "get", path: "/jobs/:id/record", role: "viewer", answer: record },
    { method: "get", path: "/jobs/:id/proofs/raw", role: "viewer", answer: proofs },
  ];
}

/** A file to take away, whole or the range of it that was asked for. Whatever it holds, no browser takes it for a page. */
export async function fileAnswer(visit: Visit, file: OpenedFile, type: string): Promise<Answer> {
  // The file has no tag that tells versions apart, so a range that depends on one is not given.
  const range = visit.header("if-range") ? "all" : rangeOf(visit.header("range"), file.size);
  if (range === "unsatisfiable") {
    await file.handle.close();
    const headers = { "Content-Range": `bytes */${file.size}` };
    return { kind: "text", status: 416, headers, text: `The file has ${file.size} bytes: ask for less.\n` };
  }
  return { kind: "file", file, type, download: true, ...(range !== "all" && { range }) };
}

async function record(visit: Visit): Promise<Answer> {
  const { layout } = visit.portal;
  const id = wantedId(visit.parameters.id);
  const job = findAsked(visit.portal, id);
  const file =
    job.state === "ended"
      ? await openServed(layout, "record", `${id}.json`, basename(dirname(job.path)))
      : job.state === "running"
        ? await servedFile(layout.running, `${id}.json`, /^[^.]+\.json$/)
        : await servedFile(layout.queue, job.name, /^[\s\S]{1,250}\.json$/);
  if (!file) throw new Refusal(404, `The file of ${id} is not there any more.`, "The job moved on: ask again.");
  return await fileAnswer(visit, file, "application/json; charset=utf-8");
}

export async function proofs(visit: Visit): Promise<Answer> {
  const { layout } = visit.portal;
  const id = wantedId(visit.parameters.id);
  const job = findAsked(visit.portal, id);
  const file =
    job.state === "ended"
      ? await openServed(layout, "proofs", `${id}.proofs.ndjson`, basename(dirname(job.path)))
      : await servedFile(layout.running, `${id}.proofs.ndjson`, /^[^.]+\.proofs\.ndjson$/);
  if (!file) throw new Refusal(404, `${id} has no proofs.`, "Nothing was copied by it, or nothing is proven so far.");
  return await fileAnswer(visit, file, "application/x-ndjson; charset=utf-8");
}
