import { z } from "zod";
import { HttpError, type RequestContext } from "../../../engines/portal/page.ts";
import { dismissRejected, submitRejected } from "../../actions/rejected.ts";
import { readReason, readText } from "../../pages/rejected/rejected-text.ts";
import { listRejected, type RejectedFile, wantedRejected } from "../../state/rejected.ts";
import { whole } from "../job-query.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { instant } from "../shapes.ts";
import { urlOf } from "../summary.ts";

const name = z.string().min(1).describe("Its name, as the list has it.");

const shape = z
  .strictObject({
    name: z.string(),
    kind: z.enum(["file", "folder", "link", "other"]),
    size: z.int(),
    at: instant.describe("When it was rejected."),
    owner: z.string(),
    reason: z.array(z.string()).describe("Why, line by line."),
  })
  .meta({ id: "RejectedFile" });

/** Files that never became jobs. */
export const rejectedApi: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path: "/api/rejected", role: "viewer", summary: "Rejected files, the newest first" },
    query: z.strictObject({ from: whole(0, 1_000_000_000).default(0), limit: whole(1, 200).default(100) }),
    answers: { description: "Some of them.", shape: z.strictObject({ total: z.int(), files: z.array(shape) }) },
    async answer({ portal }, { query: { from, limit } }) {
      const all = listRejected(portal.layout);
      const files = await Promise.all(all.slice(from, from + limit).map(file => summary(portal, file)));
      return { kind: "json", value: { total: all.length, files } };
    },
  }),
  apiRoute({
    ...{ method: "get", path: "/api/rejected/file", role: "viewer", summary: "A rejected file and its text" },
    query: z.strictObject({ name }),
    answers: {
      description: "The file; its text, or why that can't be shown.",
      shape: shape.extend({ text: z.string().optional(), unreadable: z.string().optional() }),
    },
    async answer({ portal }, { query }) {
      const file = wantedRejected(portal.layout, query.name);
      return { kind: "json", value: { ...(await summary(portal, file)), ...(await readText(portal.layout, file)) } };
    },
  }),
  apiRoute({
    ...{ method: "post", path: "/api/rejected/dismiss", role: "operator", summary: "Dismiss rejected files" },
    body: jsonBody(z.strictObject({ names: z.array(name).min(1), why: z.string().trim().min(1).max(500) })),
    answers: {
      description: "They are in the archive: nothing was deleted.",
      shape: z.strictObject({ dismissed: z.array(z.string()) }),
    },
    answer(request, { body: { names, why } }) {
      const files = names.map(one => wantedRejected(request.portal.layout, one));
      return { kind: "json", value: { dismissed: dismissRejected(request, files, why) } };
    },
  }),
  apiRoute({
    ...{ method: "post", path: "/api/rejected/submit", role: "operator", summary: "Submit a rejected file, corrected" },
    body: jsonBody(z.strictObject({ name, text: z.string().describe("The whole job file, corrected.") })),
    answers: {
      description: "The job. The rejected file is in the archive.",
      status: 201,
      headers: { Location: "Where the job is." },
      shape: z.strictObject({ id: z.string(), url: z.string(), message: z.string() }),
    },
    answer(request, { body }) {
      const done = submitRejected(request, wantedRejected(request.portal.layout, body.name), body.text);
      if ("problems" in done) throw new HttpError(422, "Invalid job file.", undefined, done.problems);
      const value = { id: done.id, url: urlOf(done.id), message: done.notice };
      return { kind: "json", status: 201, value, headers: { Location: value.url } };
    },
  }),
];

async function summary({ layout }: RequestContext["portal"], file: RejectedFile): Promise<z.infer<typeof shape>> {
  return { ...file, reason: await readReason(layout, file.name) };
}
