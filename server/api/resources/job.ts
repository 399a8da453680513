import { existsSync } from "node:fs";
import { z } from "zod";
import { jobRowOf } from "../../../core/audit/index/row.ts";
import { cancelFile } from "../../../core/store/cancel.ts";
import type { RequestContext } from "../../../engines/portal/page.ts";
import { cancelJob, retryJob } from "../../actions/jobs.ts";
import { progressOfJob } from "../../state/events.ts";
import { findRequestedJob } from "../../state/find-job.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { wholeJobShape } from "../shapes.ts";
import { endedSummary, queuedSummary, runningSummary, urlOf } from "../summary.ts";

const doneShape = z.strictObject({ id: z.string(), url: z.string(), message: z.string() }).meta({ id: "Done" });

/** One job, and what can be done to it. */
export const jobApi: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/jobs/:id",
    role: "viewer",
    summary: "Everything about one job",
    answers: { description: "The job: where its tables are, and its record once it has ended.", shape: wholeJobShape },
    answer: ({ portal, parameters }) => ({ kind: "json", value: whole(portal, parameters.id ?? "") }),
  }),
  apiRoute({
    method: "post",
    path: "/api/jobs/:id/cancel",
    role: "operator",
    summary: "Cancel a job that waits or runs",
    body: jsonBody(z.strictObject({ reason: z.string().max(500).optional() })),
    answers: { status: 202, description: "The cancel request waits for the worker.", shape: doneShape },
    answer(request, { body }) {
      const { id, notice } = cancelJob(request, request.parameters.id ?? "", body.reason);
      return { kind: "json", status: 202, value: { id, url: urlOf(id), message: notice } };
    },
  }),
  apiRoute({
    method: "post",
    path: "/api/jobs/:id/retry",
    role: "operator",
    summary: "Run a job that has ended again, as a new job",
    body: jsonBody(
      z.strictObject({ all: z.boolean().default(false).describe("Also the tables that succeeded before.") }),
    ),
    answers: {
      status: 201,
      description: "The new job.",
      headers: { Location: "Where the new job is." },
      shape: doneShape,
    },
    answer(request, { body }) {
      const { id, notice } = retryJob(request, request.parameters.id ?? "", body.all ? "all" : "failed");
      const value = { id, url: urlOf(id), message: notice };
      return { kind: "json", status: 201, value, headers: { Location: urlOf(id) } };
    },
  }),
];

function whole(portal: RequestContext["portal"], id: string): object {
  const { layout } = portal;
  const found = findRequestedJob(portal, id);
  const cancelling = found.state !== "ended" && existsSync(cancelFile(layout, id));
  const common = { cancelling, progress: progressOfJob(layout, id) };
  if (found.state === "queued") return { ...queuedSummary(found), ...common };
  if (found.state === "running") return { ...runningSummary(layout, found), ...common };
  const { record, path } = found;
  return { ...endedSummary(jobRowOf(layout, record, path)), ...common, record };
}
