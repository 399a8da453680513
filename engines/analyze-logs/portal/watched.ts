import { existsSync, statSync } from "node:fs";
import { isAbsolute, normalize } from "node:path";
import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { PROJECT } from "../../../core/settings.ts";
import { analysesFile } from "../../../core/store/data-files.ts";
import { realPathInside } from "../../../core/store/readable.ts";
import { replaceFile } from "../../../core/system/atomic.ts";
import { readJson, toJson } from "../../../core/system/json.ts";
import { auditContext, HttpError, type Portal, type RequestContext } from "../../portal/page.ts";
import { type AnalysesConfig, readAnalysesConfig } from "../config.ts";

/** What the page shows of a folder under watch. */
export interface Watched {
  folder: string;
  files: string;
  /** Why nothing will come of it, if so. */
  problem?: string;
}

/** The folders under watch, as `analyses.json` names them. */
export function watchedFolders({ settings }: Pick<Portal, "settings">): Watched[] {
  return readAnalysesConfig(settings).watch.map(({ folder, files }) => ({ folder, files, ...problemOf(folder) }));
}

function problemOf(folder: string): { problem?: string } {
  if (!isAbsolute(folder)) return { problem: "Only folders of this machine are watched." };
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() ? {} : { problem: "There is no such folder. Create it, or remove this entry." };
}

/** What somebody has typed to have a folder watched, and why that is not done; empty where all is well. */
export interface TypedFolder {
  folder: string;
  files: string;
  wrong: string;
}

/** Has a folder watched. Gives what was typed with what is wrong; nothing is changed then. */
export function watchFolder(request: RequestContext): TypedFolder {
  const { portal, form } = request;
  const typed = (form.get("folder") ?? "").trim();
  const folder = normalize(typed).replace(/(?<=.)\/+$/, "");
  const files = (form.get("files") ?? "").trim() || "*";
  const isThere = readAnalysesConfig(portal.settings).watch.some(one => one.folder === folder && one.files === files);
  const wrong = !isAbsolute(typed)
    ? "Name the folder by its whole path, from / on: /var/log/app."
    : isThere
      ? "This folder is watched already."
      : (problemOf(folder).problem ?? problemOfSecrets(folder, portal));
  if (wrong) return { folder: typed, files, wrong };
  change(request, all => [...all, { folder, ...(files !== "*" && { files }) }], `watch ${folder}, files ${files}`);
  return { folder, files, wrong: "" };
}

/** Ends the watch of a folder. Throws an HttpError where there is none. */
export function unwatchFolder(request: RequestContext): string {
  const { portal, form } = request;
  const [folder, files] = [form.get("folder") ?? "", form.get("files") ?? "*"];
  const { watch } = readAnalysesConfig(portal.settings);
  const at = watch.findIndex(one => one.folder === folder && one.files === files);
  if (at < 0)
    throw new HttpError(404, `${folder.slice(0, 200)} is not watched.`, "The page of the logs lists what is.");
  change(request, all => all.filter((_, place) => place !== at), `watch ${folder} no more`);
  return folder;
}

// Whoever may start a job may read what is watched, with all that lies below: there must be no secret of ours in it.
function problemOfSecrets(
  folder: string,
  { settings, layout }: Pick<Portal, "settings" | "layout">,
): string | undefined {
  const { root, queue, archive, schedules } = layout;
  const holds = [PROJECT, root, settings.LAPTOP_DIR, queue, archive, schedules].some(
    path => realPathInside(path, [folder]) !== undefined,
  );
  const isWithin = realPathInside(folder, [settings.LAPTOP_DIR, queue, archive]) !== undefined;
  if (!holds && !isWithin) return undefined;
  return "The portal's own files lie there, passwords among them, and operators could read them. Choose a folder of logs alone.";
}

type Entry = Partial<AnalysesConfig["watch"][number]>;

// What else the file says stays as it was written. The project's own file is a default: what a person sets goes to DATA_DIR.
function change(request: RequestContext, edit: (all: Entry[]) => Entry[], detail: string): void {
  const own = analysesFile(request.portal.layout.root);
  const from = [own, analysesFile(PROJECT)].find(existsSync);
  const config = (from && readJson<{ watch?: Entry[] }>(from)) || {};
  replaceFile(own, toJson({ ...config, watch: edit(config.watch ?? []) }));
  recordAuditEvent(auditContext(request), {
    what: "watch",
    about: "logs",
    detail,
  });
}
