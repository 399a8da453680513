import { realpathSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAllowedRemote, isRemote } from "../../connectors/iceberg/remote-places.ts";
import type { Settings } from "../../core/settings.ts";
import { uploadsFolder } from "../../core/store/data-files.ts";
import { realPathInside, unreadable } from "../../core/store/readable.ts";
import { findUpload, type Upload } from "./uploads.ts";

/** A file that a job names: on the worker's disk, or where only Spark reaches. `uri` is what Spark is told. */
export interface CsvSource {
  name: string;
  uri: string;
  /** Its path, where it is on this machine. */
  path?: string;
  upload?: Upload;
}

/**
 * Finds the file: the name of an upload, a path below FILES_FROM, or an address of HDFS or Azure that the settings
 * allow. Throws a sentence.
 */
export function findSource(file: string, settings: FileSettings): CsvSource {
  if (isRemote(file)) {
    if (!isAllowedRemote(file, settings)) throw unreadable(file);
    return { name: lastPart(file), uri: plain(file) };
  }
  if (isAbsolute(file) || file.startsWith("file:")) return { name: lastPart(file), ...local(allowed(file, settings)) };
  const upload = findUpload(settings.DATA_DIR, file);
  if (!upload) throw new Error(`There is no uploaded file ${file}. Upload it on /files, or name one of those there.`);
  return { name: upload.name, upload, ...local(realpathSync(join(uploadsFolder(settings.DATA_DIR), upload.name))) };
}

type FileSettings = Parameters<typeof isAllowedRemote>[1] & Pick<Settings, "DATA_DIR">;

// Who may start a job could read any file of this machine through it.
function allowed(file: string, { FILES_FROM = "" }: FileSettings): string {
  const folders = FILES_FROM.split(",").map(folder => folder.trim());
  const real = realPathInside(localFile(file), folders.filter(isAbsolute));
  if (real && statSync(real).isFile()) return real;
  throw unreadable(file);
}

/** The path that a file on this machine is named by, `file:…` too. */
export function localFile(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file.replace(/^file:\/*/, "file:///"));
  } catch {
    throw unreadable(file);
  }
}

function local(path: string): Pick<CsvSource, "uri" | "path"> {
  return { path, uri: plain(`file:${path}`) };
}

// Spark takes these signs for a pattern of names.
function plain(uri: string): string {
  if (!/[*?[\]{}\\,]/.test(uri)) return uri;
  throw new Error(
    `The name ${uri} has one of the signs * ? [ ] { } \\ , in it, which Spark takes for a pattern: rename it.`,
  );
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
