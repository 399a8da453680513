import { z } from "zod";
import { eventsName } from "../../../core/store/names.ts";
import { type OpenedFile, openServed } from "../../../core/store/served.ts";
import { differencesShape, readDifferences } from "../../../engines/compare-tables/kept.ts";
import { HttpError, type RequestContext, type RouteResult } from "../../../engines/portal/page.ts";
import { fileAnswer, proofs } from "../../pages/jobs/raw.ts";
import { openRequestedLog, requestedLog } from "../../pages/log/log-file.ts";
import { findRequestedJob } from "../../state/find-job.ts";
import { whole } from "../job-query.ts";
import { type ApiRoute, apiRoute } from "../route.ts";

const NDJSON = "application/x-ndjson; charset=utf-8";
const TEXT = "text/plain; charset=utf-8";
const offsets = {
  from: whole(0).optional().describe("The first byte; the Next-Offset of the answer before."),
  to: whole(0).optional().describe("The byte that is not sent any more."),
};
const headers = {
  "Next-Offset": "Ask again with from= this for what comes after.",
  "Job-State": "As long as it is queued or running, more may come.",
};

/** What a job wrote, by byte offsets: a client follows it with as little as it has not seen. */
export const jobFilesApi: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/jobs/:id/events",
    role: "viewer",
    summary: "What happens in a job, an event a line; always whole lines",
    query: z.strictObject({ from: offsets.from }),
    answers: {
      description: "The events from there on; none before the job has begun.",
      type: "application/x-ndjson",
      headers,
    },
    async answer({ portal, parameters: { id = "" } }, { query }) {
      const found = findRequestedJob(portal, id);
      const state = found.state === "ended" ? found.record.status : found.state;
      const file = await openServed(portal.layout, "events", eventsName(id));
      const end = file && (await lastLineEnd(file));
      return await part(file, NDJSON, state, { from: query.from, to: end });
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/jobs/:id/log",
    role: "viewer",
    summary: "The log of an attempt, by ?from= and ?to= or by a Range header",
    query: z.strictObject({
      ...offsets,
      attempt: whole(1, 99).optional().describe("Without it, the last one."),
    }),
    answers: { description: "The log, or the part of it; nothing before it is begun.", type: "text/plain", headers },
    async answer(request, { query }) {
      findRequestedJob(request.portal, request.parameters.id ?? "");
      const log = requestedLog(request);
      const file = await openRequestedLog(request.portal.layout, log);
      if (file && query.from === undefined && query.to === undefined && request.header("range"))
        return await fileAnswer(request, file, TEXT);
      return await part(file, TEXT, log.state ?? "", query);
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/jobs/:id/proofs",
    role: "viewer",
    summary: "Every proof of a job in full, one a line",
    answers: { description: "The proofs so far.", type: "application/x-ndjson" },
    answer(request: RequestContext) {
      findRequestedJob(request.portal, request.parameters.id ?? "");
      return proofs(request);
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/jobs/:id/differences",
    role: "operator",
    summary: "Where the two tables of a comparison differ, with the values of up to a hundred rows of each kind",
    answers: { description: "Counts of all rows that differ, columns, partitions, and rows.", shape: differencesShape },
    answer({ portal, parameters: { id = "" } }) {
      findRequestedJob(portal, id);
      const value = readDifferences(portal.layout, id);
      if (value) return { kind: "json", value };
      throw new HttpError(
        404,
        "No differences are kept for this job.",
        "Only a comparison that found some keeps them, as long as they are left in logs/.",
      );
    },
  }),
];

async function part(
  file: OpenedFile | undefined,
  type: string,
  state: string,
  { from = 0, to }: { from?: number | undefined; to?: number | undefined },
): Promise<RouteResult> {
  const size = file?.size ?? 0;
  const end = Math.max(from, Math.min(to ?? size, size));
  const shape = { "Next-Offset": String(end), "Job-State": state };
  if (from <= size) {
    if (file) return { kind: "file", file, type, part: { from, to: end }, headers: shape };
    return { kind: "text", text: "", type, headers: shape };
  }
  await file?.handle.close();
  throw new HttpError(
    416,
    `There are only ${size} bytes so far: ${from} lies behind them.`,
    "Begin again with from=0.",
  );
}

const STEP = 64 * 1024;

/** Where the last whole line of a file ends: what comes after it is still being written. */
async function lastLineEnd({ handle, size }: Pick<OpenedFile, "handle" | "size">): Promise<number> {
  const room = Buffer.alloc(STEP);
  for (let end = size; end > 0; end -= STEP) {
    const start = Math.max(0, end - STEP);
    const { bytesRead } = await handle.read(room, 0, end - start, start);
    const newline = room.subarray(0, bytesRead).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
  }
  return 0;
}
