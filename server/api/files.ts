import { z } from "zod";
import { type Answer, Refusal, type Visit } from "../../engines/page.ts";
import { type OpenedFile, openServed } from "../../files/served.ts";
import { findAsked } from "../find-job.ts";
import { askedLog, openAsked } from "../pages/log-file.ts";
import { fileAnswer, proofs } from "../pages/raw.ts";
import { whole } from "./job-query.ts";
import { lastLineEnd } from "./lines.ts";
import { type ApiRoute, apiRoute } from "./route.ts";

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
export const fileRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/jobs/:id/events",
    role: "viewer",
    summary: "What happens in a job, an event a line; always whole lines",
    query: z.strictObject({ from: offsets.from }),
    answers: {
      says: "The events from there on; none before the job has begun.",
      type: "application/x-ndjson",
      headers,
    },
    async answer({ portal, parameters: { id = "" } }, { query }) {
      const found = findAsked(portal, id);
      const state = found.state === "ended" ? found.record.status : found.state;
      const file = await openServed(portal.layout, "events", `${id}.events.ndjson`);
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
    answers: { says: "The log, or the part of it; nothing before it is begun.", type: "text/plain", headers },
    async answer(visit, { query }) {
      findAsked(visit.portal, visit.parameters.id ?? "");
      const asked = askedLog(visit);
      const file = await openAsked(visit.portal.layout, asked);
      if (file && query.from === undefined && query.to === undefined && visit.header("range"))
        return await fileAnswer(visit, file, TEXT);
      return await part(file, TEXT, asked.state ?? "", query);
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/jobs/:id/proofs",
    role: "viewer",
    summary: "Every proof of a job in full, one a line",
    answers: { says: "The proofs so far.", type: "application/x-ndjson" },
    answer(visit: Visit) {
      findAsked(visit.portal, visit.parameters.id ?? "");
      return proofs(visit);
    },
  }),
];

async function part(
  file: OpenedFile | undefined,
  type: string,
  state: string,
  { from = 0, to }: { from?: number | undefined; to?: number | undefined },
): Promise<Answer> {
  const size = file?.size ?? 0;
  const end = Math.max(from, Math.min(to ?? size, size));
  const told = { "Next-Offset": String(end), "Job-State": state };
  if (from <= size) {
    if (file) return { kind: "file", file, type, part: { from, to: end }, headers: told };
    return { kind: "text", text: "", type, headers: told };
  }
  await file?.handle.close();
  throw new Refusal(416, `There are only ${size} bytes so far: ${from} lies behind them.`, "Begin again with from=0.");
}
