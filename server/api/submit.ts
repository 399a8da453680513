import { z } from "zod";
import { asSubmitted } from "../submit.ts";
import { jobBody } from "./job-file.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { urlOf } from "./summary.ts";

const startedShape = z.strictObject({ id: z.string(), state: z.literal("queued"), url: z.string() });

/** Submits a job. */
export const submitRoute: ApiRoute = apiRoute({
  method: "post",
  path: "/api/jobs",
  role: "operator",
  summary: "Start a job: the body is a job file, as it would be dropped into queue/",
  body: jobBody,
  answers: {
    status: 201,
    says: "It waits in queue/. With an id in the file the call may be repeated: the second time it is refused with 409.",
    headers: { Location: "Where the job is." },
    shape: startedShape,
  },
  answer(visit, { body }) {
    const id = visit.portal.submit({ ...visit, via: "api" }, asSubmitted(body));
    const value: z.infer<typeof startedShape> = { id, state: "queued", url: urlOf(id) };
    return { kind: "json", status: 201, value, headers: { Location: urlOf(id) } };
  },
});
