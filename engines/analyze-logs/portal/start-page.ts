import { basename } from "node:path";
import { isId } from "../../../core/jobs/id.ts";
import { logFile } from "../../../core/store/layout.ts";
import { openServed } from "../../../core/store/served.ts";
import { received } from "../../portal/arriving.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { refusedForm } from "../../refused-form.ts";
import { parametersIn } from "./form-parameters.ts";
import { analysesPageRoute } from "./history-page.ts";

/** The ways to start an analysis: with files, with names of files, of the known folders, of a job's own log. */
export const startRoutes: readonly Route[] = [
  { method: "post", path: "/analyses", role: "operator", streams: true, answer: withFiles },
  { method: "post", path: "/analyses/start", role: "operator", answer: byNames },
  { method: "post", path: "/analyses/folders", role: "operator", answer: ofFolders },
  { method: "post", path: "/jobs/:id/log/analyse", role: "operator", answer: ofJobLog },
];

async function withFiles(request: RequestContext): Promise<RouteResult> {
  const fields = new URLSearchParams();
  const files = await received(request, fields);
  return startOrAgain(
    request,
    fields,
    files.map(({ name }) => name),
  );
}

function byNames(request: RequestContext): RouteResult {
  return startOrAgain(request, request.form);
}

// What came along is an upload by now: it is ticked in the form that is shown again.
function startOrAgain(request: RequestContext, form: URLSearchParams, came: readonly string[] = []): RouteResult {
  try {
    return startAnalysis(request, parametersIn(form, came));
  } catch (error) {
    const { state, status } = refusedForm(error, form, FIELDS);
    return analysesPageRoute(request, { start: { state, uploaded: [...came, ...form.getAll("uploaded")] }, status });
  }
}

const FIELDS = {
  ...{ files: "places", format: "format", year: "year", timeZone: "timeZone" },
  ...{ dayFirst: "dayFirst", durations: "durations" },
  ...{ "thresholds.errorRate": "errorRate", "thresholds.errors": "errors", "thresholds.critical": "critical" },
};

function ofFolders(request: RequestContext): RouteResult {
  return startAnalysis(request, {});
}

async function ofJobLog(request: RequestContext): Promise<RouteResult> {
  const { portal, parameters, form } = request;
  const id = parameters.id ?? "";
  const attempt = Math.trunc(Number(form.get("attempt") ?? 1)) || 1;
  const path = isId(id) ? logFile(portal.layout, id, attempt) : "";
  await using file = path ? await openServed(portal.layout, "log", basename(path)) : undefined;
  if (!file) throw new HttpError(404, "There is no such log.", "It may have been deleted.");
  return startAnalysis(request, { files: [path] });
}

/** Submits an analysis; its page shows how far it is, and then what was found. */
export function startAnalysis(request: RequestContext, parameters: Record<string, unknown>): RouteResult {
  const id = request.portal.submit(request, { type: "analyze-logs", parameters });
  return { kind: "redirect", to: `/analyses/${id}` };
}
