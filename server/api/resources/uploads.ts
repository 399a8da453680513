import { z } from "zod";
import { byProgram } from "../../../engines/load-csv/arrivals.ts";
import { listUploads } from "../../../formats/csv/uploads.ts";
import { type ApiRoute, apiRoute } from "../route.ts";

const shape = z.strictObject({
  files: z.array(
    z.strictObject({
      name: z.string().describe("What a job calls it."),
      bytes: z.int(),
      sha256: z.string().describe("Empty for a file that somebody has put there by hand."),
      seconds: z.number().describe("How long its bytes took to come in."),
      at: z.string(),
      by: z.string(),
    }),
  ),
});

/** The files that were uploaded. */
export const uploadRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/files",
    role: "viewer",
    summary: "The uploaded files, the newest first",
    answers: { description: "The files.", shape },
    answer: ({ portal }) => ({ kind: "json", value: { files: listUploads(portal.layout.root) } }),
  }),
  apiRoute({
    method: "post",
    path: "/api/files",
    role: "operator",
    streams: true,
    summary: "Upload files: a form (multipart/form-data), or the bytes of one with ?name=<its name>",
    query: z.strictObject({ name: z.string().min(1).optional().describe("The name of the file that is the body.") }),
    answers: { status: 201, description: "The files, under the names that they have here.", shape },
    answer: byProgram,
  }),
];
