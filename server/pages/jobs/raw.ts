import { archiveMonthOf } from "../../../core/store/archive.ts";
import { jsonName, proofsName } from "../../../core/store/names.ts";
import { type OpenedFile, openServed } from "../../../core/store/served.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../../engines/portal/page.ts";
import { findRequestedJob } from "../../state/find-job.ts";
import { wantedId } from "../log/log-file.ts";

/** The files of a job as they are: its record, or its job file while it has none, and its proofs. */
export function rawRoutes(): Route[] {
  return [
    { method: "get", path: "/jobs/:id/record", role: "viewer", answer: record },
    { method: "get", path: "/jobs/:id/proofs/raw", role: "viewer", answer: proofs },
  ];
}

/** A file to take away, whole or the range of it that was asked for. Whatever it holds, no browser takes it for a page. */
export async function fileAnswer(request: RequestContext, file: OpenedFile, type: string): Promise<RouteResult> {
  // The file has no tag that tells versions apart, so a range that depends on one is not given.
  const range = request.header("if-range") ? "all" : requestedRange(request.header("range"), file.size);
  if (range === "unsatisfiable") {
    await file.handle.close();
    const headers = { "Content-Range": `bytes */${file.size}` };
    return { kind: "text", status: 416, headers, text: `The file has ${file.size} bytes: ask for less.\n` };
  }
  return { kind: "file", file, type, download: true, ...(range !== "all" && { range }) };
}

async function record(request: RequestContext): Promise<RouteResult> {
  const { layout } = request.portal;
  const id = wantedId(request.parameters.id);
  const job = findRequestedJob(request.portal, id);
  const file =
    job.state === "ended"
      ? await openServed(layout, "record", jsonName(id), archiveMonthOf(job.path))
      : job.state === "running"
        ? await openServed(layout, "running", jsonName(id))
        : await openServed(layout, "queued", job.name);
  if (!file) throw new HttpError(404, `The file of ${id} is not there any more.`, "The job moved on: ask again.");
  return await fileAnswer(request, file, "application/json; charset=utf-8");
}

export async function proofs(request: RequestContext): Promise<RouteResult> {
  const { layout } = request.portal;
  const id = wantedId(request.parameters.id);
  const job = findRequestedJob(request.portal, id);
  const file =
    job.state === "ended"
      ? await openServed(layout, "proofs", proofsName(id), archiveMonthOf(job.path))
      : await openServed(layout, "runningProofs", proofsName(id));
  if (!file) throw new HttpError(404, `${id} has no proofs.`, "Nothing was copied by it, or nothing is proven so far.");
  return await fileAnswer(request, file, "application/x-ndjson; charset=utf-8");
}

/** The bytes that a `Range` header asks for, without `to`. The whole file if there is no header or an unsupported one. */
function requestedRange(
  header: string | undefined,
  size: number,
): { from: number; to: number } | "all" | "unsatisfiable" {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return "all";
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < from) return "all";
  return from >= size || to <= from ? "unsatisfiable" : { from, to };
}
