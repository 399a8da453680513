import { existsSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Settings } from "../settings.ts";
import { findUpload, type Upload, uploadsFolder } from "./uploads.ts";

/** A file that a job names: on the worker's disk, or where only Spark reaches. `uri` is what Spark is told. */
export interface Source {
  name: string;
  uri: string;
  /** Its path, where it is on this machine. */
  path?: string;
  upload?: Upload;
}

/** Finds the file: the name of an upload, a path below FILES_FROM, or an address of HDFS or Azure. Throws a sentence. */
export function findSource(file: string, settings: Pick<Settings, "DATA_DIR" | "FILES_FROM">): Source {
  if (/^(hdfs|abfss?):\/\//.test(file)) return { name: lastPart(file), uri: plain(file) };
  const path = file.startsWith("file:") ? fileURLToPath(file.replace(/^file:\/*/, "file:///")) : file;
  if (isAbsolute(path)) return { name: lastPart(path), ...local(allowed(path, settings)) };
  const upload = findUpload(settings.DATA_DIR, path);
  if (!upload) throw new Error(`There is no uploaded file ${path}. Upload it on /files, or name one of those there.`);
  return { name: upload.name, upload, ...local(realpathSync(join(uploadsFolder(settings.DATA_DIR), upload.name))) };
}

// Who may start a job could read any file of this machine through it.
function allowed(path: string, { FILES_FROM }: Pick<Settings, "FILES_FROM">): string {
  if (!existsSync(path) || !statSync(path).isFile())
    throw new Error(`There is no file ${path} on the worker's machine.`);
  const real = realpathSync(path);
  const folders = (FILES_FROM ?? "").split(",").map(folder => folder.trim());
  const inside = folders.some(folder => folder && existsSync(folder) && real.startsWith(realpathSync(folder) + sep));
  if (inside) return real;
  throw new Error(`${path} may not be loaded: upload it, or write FILES_FROM=<its folder> into .env.`);
}

function local(path: string): Pick<Source, "uri" | "path"> {
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
