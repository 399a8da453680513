import { existsSync, globSync, realpathSync, type Stats, statSync } from "node:fs";
import { isAbsolute, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { findUpload, listUploads, uploadsFolder } from "../../csv/uploads.ts";
import { layoutOf } from "../../files/layout.ts";
import type { Settings } from "../../settings.ts";
import type { AnalysesConfig } from "./config.ts";

/** A file on this machine. `named`: somebody asked for it by its very name. */
export interface Found {
  path: string;
  bytes: number;
  modified: Date;
  named: boolean;
}

/** What tells where files may lie. */
export interface Places {
  settings: Pick<Settings, "DATA_DIR" | "FILES_FROM">;
  config: Pick<AnalysesConfig, "folders" | "watch">;
}

/** Whether a file is not on this machine: only Spark reaches it. */
export function isRemote(file: string): boolean {
  return /^(hdfs|abfss?):\/\//.test(file);
}

/**
 * The files that one entry of a job means: an upload, a file or all of a folder in an allowed place; `*` stands for any
 * signs, `**` for folders too. Throws a sentence where there is none, or it may not be read.
 */
export function filesAt(asked: string, places: Places): Found[] {
  const { DATA_DIR } = places.settings;
  if (!/[/\\]/.test(asked)) return uploads(asked, DATA_DIR);
  const path = asked.startsWith("file:") ? fileURLToPath(asked.replace(/^file:\/*/, "file:///")) : asked;
  const whole = isAbsolute(path) ? path : resolve(DATA_DIR, path);
  const pattern = whole.includes("*");
  const stat = pattern ? undefined : statSync(whole, { throwIfNoEntry: false });
  if (!pattern && !stat) throw new Error(`There is no file or folder ${asked} on the worker's machine.`);
  if (stat?.isFile()) return [allowed(asked, whole, stat, true, foldersOf(places))];
  const folders = foldersOf(places);
  const found = globSync(pattern ? whole : join(whole, "**", "*")).sort();
  const files = found.flatMap(one => {
    const file = statSync(one, { throwIfNoEntry: false });
    const hidden = one.slice(whole.indexOf("*") < 0 ? whole.length : 0).includes(`${sep}.`);
    return file?.isFile() && !hidden ? [allowed(one, one, file, false, folders)] : [];
  });
  if (files.length > 0) return files;
  throw new Error(pattern ? `No file is named like ${asked}.` : `The folder ${asked} has no files.`);
}

function uploads(asked: string, dataDir: string): Found[] {
  const at = (name: string, named: boolean): Found => {
    const path = realpathSync(join(uploadsFolder(dataDir), name));
    const { size, mtime } = statSync(path);
    return { path, bytes: size, modified: mtime, named };
  };
  if (!asked.includes("*")) {
    if (findUpload(dataDir, asked)) return [at(asked, true)];
    throw new Error(`There is no uploaded file ${asked}. Upload it on /analyses, or name one of those there.`);
  }
  const like = new RegExp(`^${asked.split(/\*+/).map(RegExp.escape).join(".*")}$`);
  const found = listUploads(dataDir).filter(({ name }) => like.test(name));
  if (found.length === 0) throw new Error(`No uploaded file is named like ${asked}.`);
  return found.map(({ name }) => at(name, false)).sort((a, b) => a.path.localeCompare(b.path));
}

// Who may start a job could read any file of this machine through it.
function allowed(asked: string, path: string, { size, mtime }: Stats, named: boolean, folders: string[]): Found {
  const real = realpathSync(path);
  if (folders.some(folder => real.startsWith(folder + sep))) return { path: real, bytes: size, modified: mtime, named };
  throw new Error(
    `${asked} may not be read: upload it, or write FILES_FROM=<its folder> into .env, or the folder into analyses.json.`,
  );
}

function foldersOf({ settings: { DATA_DIR, FILES_FROM = "" }, config }: Places): string[] {
  const own = [
    uploadsFolder(DATA_DIR),
    layoutOf(DATA_DIR).logs,
    ...config.folders,
    ...config.watch.map(one => one.folder),
  ];
  const all = [...FILES_FROM.split(","), ...own].map(folder => folder.trim());
  return all.filter(folder => folder && existsSync(folder)).map(folder => realpathSync(folder));
}
