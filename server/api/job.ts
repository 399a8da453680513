import { existsSync } from "node:fs";
import { z } from "zod";
import { jobRowOf } from "../../audit/index/row.ts";
import type { Visit } from "../../engines/page.ts";
import { cancelFile } from "../../files/cancel.ts";
import { cancelJob, retryJob } from "../deeds.ts";
import { progressOfJob } from "../events.ts";
import { findAsked } from "../find-job.ts";
import { jsonBody } from "./body.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { wholeJobShape } from "./shapes.ts";
import { endedSummary, queuedSummary, runningSummary, urlOf } from "./summary.ts";

const doneShape = z.strictObject({ id: z.string(), url: z.string(), message: z.string() }).meta({ id: "Done" });

/** One job, and what can be done to it. */
export const jobRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/jobs/:id",
    role: "viewer",
    summary: "Everything about one job",
    answers: { says: "The job: where its tables are, and its record once it has ended.", shape: wholeJobShape },
    answer: ({ portal, parameters }) => ({ kind: "json", value: whole(portal, parameters.id ?? "") }),
  }),
  apiRoute({
    method: "post",
    path: "/api/jobs/:id/cancel",
    role: "operator",
    summary: "Cancel a job that waits or runs",
    body: jsonBody(z.strictObject({ reason: z.string().max(500).optional() })),
    answers: { status: 202, says: "The wish is left for the worker.", shape: doneShape },
    answer(visit, { body }) {
      const { id, told } = cancelJob(visit, visit.parameters.id ?? "", body.reason);
      return { kind: "json", status: 202, value: { id, url: urlOf(id), message: told } };
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
    answers: { status: 201, says: "The new job.", headers: { Location: "Where the new job is." }, shape: doneShape },
    answer(visit, { body }) {
      const { id, told } = retryJob(visit, visit.parameters.id ?? "", body.all);
      const value = { id, url: urlOf(id), message: told };
      return { kind: "json", status: 201, value, headers: { Location: urlOf(id) } };
    },
  }),
];

function whole(portal: Visit["portal"], id: string): object {
  const { layout } = portal;
  const found = findAsked(portal, id);
  const cancelling = found.state !== "ended" && existsSync(cancelFile(layout, id));
  const common = { cancelling, progress: progressOfJob(layout, id) };
  if (found.state === "queued") return { ...queuedSummary(found), ...common };
  if (found.state === "running") return { ...runningSummary(layout, found), ...common };
  const { record, path } = found;
  return { ...endedSummary(jobRowOf(layout, record, path)), ...common, record };
}
