import { existsSync } from "node:fs";
import { basename } from "node:path";
import { listUploads } from "../../csv/uploads.ts";
import { logFile } from "../../files/layout.ts";
import { openServed } from "../../files/served.ts";
import { isId } from "../../jobs/id.ts";
import { NAMES } from "../../log-formats/list.ts";
import type { StartView } from "../../views/pages/analysis-start.ts";
import { limitOf, received } from "../arriving.ts";
import { type Answer, type Portal, Refusal, type Route, type Visit } from "../page.ts";
import { parametersIn } from "./asked.ts";
import { readAnalysesConfig } from "./config.ts";
import { isRemote } from "./places.ts";

/** The ways to start an analysis: with files, with names of files, of the known folders, of a job's own log. */
export const startRoutes: readonly Route[] = [
  { method: "post", path: "/analyses", role: "operator", streams: true, answer: withFiles },
  { method: "post", path: "/analyses/start", role: "operator", answer: byNames },
  { method: "post", path: "/analyses/folders", role: "operator", answer: ofFolders },
  { method: "post", path: "/jobs/:id/log/analyse", role: "operator", answer: ofJobLog },
];

const UPLOADS_SHOWN = 12;

/** What the form of a start offers. */
export function startView(portal: Portal): StartView {
  const { thresholds, folders, patterns } = readAnalysesConfig(portal.settings);
  return {
    limit: limitOf(portal),
    formats: ["auto", ...NAMES, ...Object.keys(patterns)],
    zones: Intl.supportedValuesOf("timeZone"),
    uploads: listUploads(portal.layout.root)
      .slice(0, UPLOADS_SHOWN)
      .map(({ name }) => name),
    folders: folders.filter(folder => isRemote(folder) || existsSync(folder)),
    thresholds,
  };
}

async function withFiles(visit: Visit): Promise<Answer> {
  const fields = new URLSearchParams();
  const files = await received(visit, fields);
  return start(
    visit,
    parametersIn(
      fields,
      files.map(({ name }) => name),
    ),
  );
}

function byNames(visit: Visit): Answer {
  return start(visit, parametersIn(visit.form));
}

function ofFolders(visit: Visit): Answer {
  return start(visit, {});
}

async function ofJobLog(visit: Visit): Promise<Answer> {
  const { portal, parameters, form } = visit;
  const id = parameters.id ?? "";
  const attempt = Math.trunc(Number(form.get("attempt") ?? 1)) || 1;
  const path = isId(id) ? logFile(portal.layout, id, attempt) : "";
  await using file = path ? await openServed(portal.layout, "log", basename(path)) : undefined;
  if (!file) throw new Refusal(404, "There is no such log.", "It may have been deleted.");
  return start(visit, { files: [path] });
}

/** Submits an analysis; its page shows how far it is, and then what was found. */
export function start(visit: Visit, parameters: Record<string, unknown>): Answer {
  const id = visit.portal.submit(visit, { type: "analyze-logs", parameters });
  return { kind: "redirect", to: `/analyses/${id}` };
}
