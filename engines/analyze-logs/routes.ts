import { join } from "node:path";
import { servedFile } from "../../files/served.ts";
import { isId } from "../../jobs/id.ts";
import { type Answer, Refusal, type Route, type Visit } from "../page.ts";
import { REPORTS, reportsFolder } from "./reports.ts";

/** Where the reports of an analysis are downloaded. */
export const reportRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/:id/reports/:name", role: "viewer", answer: download },
];

async function download({ portal, parameters }: Visit): Promise<Answer> {
  const { id = "", name = "" } = parameters;
  const folder = join(reportsFolder(portal.layout.root), isId(id) ? id : "");
  const file =
    isId(id) && REPORTS.includes(name) ? await servedFile(folder, name, /^[a-z_]+\.(csv|json|html)$/) : undefined;
  if (!file) throw new Refusal(404, "There is no such report.", "Its analysis names those that there are.");
  return { kind: "file", file, type: TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain", download: true };
}

const TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/json; charset=utf-8",
  html: "text/html; charset=utf-8",
};
