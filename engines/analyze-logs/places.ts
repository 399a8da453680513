import { realpathSync, statSync } from "node:fs";
import { isAbsolute, join, resolve, sep } from "node:path";
import type { Settings } from "../../core/settings.ts";
import { uploadsFolder } from "../../core/store/data-files.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { type PatternBelow, patternBelow, realPathInside, unreadable } from "../../core/store/readable.ts";
import { namesLike, wildcard } from "../../core/system/wildcard.ts";
import { localFile } from "../../formats/csv/source.ts";
import { findUpload, listUploads } from "../../formats/csv/uploads.ts";
import type { AnalysesConfig } from "./config.ts";

/** A file on this machine. `named`: somebody asked for it by its very name. */
export interface FilesFound {
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

/**
 * The files that one entry of a job means: an upload, a file or all of a folder in an allowed place; `*` stands for any
 * signs, `**` for folders too. Throws a sentence where there is none, or it may not be read.
 */
export function filesAt(requested: string, places: Places): FilesFound[] {
  const { DATA_DIR } = places.settings;
  if (!/[/\\]/.test(requested)) return uploads(requested, DATA_DIR);
  const whole = resolve(DATA_DIR, localFile(requested));
  const folders = foldersOf(places);
  if (whole.includes("*")) return matching(requested, whole, folders);
  const real = realPathInside(whole, folders);
  const stat = real === undefined ? undefined : statSync(real);
  if (real && stat?.isFile()) return [{ path: real, bytes: stat.size, modified: stat.mtime, named: true }];
  if (!real || !stat?.isDirectory()) throw unreadable(requested);
  const files = below({ folder: real, pattern: "**/*" }, 0, requested, folders);
  if (files.length === 0) throw new Error(`The folder ${requested} has no files.`);
  return files;
}

function matching(requested: string, whole: string, folders: readonly string[]): FilesFound[] {
  const wanted = patternBelow(whole, folders);
  if (!wanted) throw unreadable(requested);
  const files = below(wanted, wanted.pattern.indexOf("*") + 1, requested, folders);
  if (files.length === 0) throw new Error(`No file is named like ${requested}.`);
  return files;
}

// No hidden ones, but where their own name or that of their folder was asked for: that stands before `shown`.
function below(wanted: PatternBelow, shown: number, requested: string, folders: readonly string[]): FilesFound[] {
  return namesLike(wanted.folder, wanted.pattern).flatMap(name => {
    const path = join(wanted.folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile() || (sep + name).slice(shown).includes(`${sep}.`)) return [];
    const real = realPathInside(path, folders);
    if (!real) throw unreadable(requested);
    return [{ path: real, bytes: stat.size, modified: stat.mtime, named: false }];
  });
}

function uploads(requested: string, dataDir: string): FilesFound[] {
  const at = (name: string, named: boolean): FilesFound => {
    const path = realpathSync(join(uploadsFolder(dataDir), name));
    const { size, mtime } = statSync(path);
    return { path, bytes: size, modified: mtime, named };
  };
  if (!requested.includes("*")) {
    if (findUpload(dataDir, requested)) return [at(requested, true)];
    throw new Error(`There is no uploaded file ${requested}. Upload it on /analyses, or name one of those there.`);
  }
  const like = wildcard(requested);
  const found = listUploads(dataDir).filter(({ name }) => like(name));
  if (found.length === 0) throw new Error(`No uploaded file is named like ${requested}.`);
  return found.map(({ name }) => at(name, false)).sort((a, b) => a.path.localeCompare(b.path));
}

// Who may start a job could read any file of this machine through it.
function foldersOf({ settings: { DATA_DIR, FILES_FROM = "" }, config }: Places): string[] {
  const own = [
    uploadsFolder(DATA_DIR),
    layoutOf(DATA_DIR).logs,
    ...config.folders,
    ...config.watch.map(one => one.folder),
  ];
  return [...FILES_FROM.split(","), ...own].map(folder => folder.trim()).filter(isAbsolute);
}
