import { join } from "node:path";
import { isId } from "../../../core/jobs/id.ts";
import { reportsFolder } from "../../../core/store/data-files.ts";
import { servedFile } from "../../../core/store/served.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { ANALYSIS_REPORTS } from "../report/reports.ts";

/** Where the reports of an analysis are downloaded. */
export const reportRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/:id/reports/:name", role: "viewer", answer: download },
];

async function download({ portal, parameters }: RequestContext): Promise<RouteResult> {
  const { id = "", name = "" } = parameters;
  const folder = join(reportsFolder(portal.layout.root), isId(id) ? id : "");
  const file =
    isId(id) && ANALYSIS_REPORTS.includes(name)
      ? await servedFile(folder, name, /^[a-z_]+\.(csv|json|html)$/)
      : undefined;
  if (!file) throw new HttpError(404, "There is no such report.", "Its analysis names those that there are.");
  return { kind: "file", file, type: TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain", download: true };
}

const TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/json; charset=utf-8",
  html: "text/html; charset=utf-8",
};
