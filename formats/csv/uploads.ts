import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { uploadNoteFile, uploadsFolder } from "../../core/store/data-files.ts";
import { replaceFile } from "../../core/system/atomic.ts";
import { findShaped, shapedJson } from "../../core/system/json.ts";

export const uploadShape = z
  .strictObject({
    name: z.string(),
    bytes: z.number(),
    sha256: z.string().describe("Empty for a file that was put there by hand."),
    seconds: z.number().describe("How long its bytes took to come in."),
    at: z.string(),
    by: z.string(),
  })
  .meta({ id: "UploadNote" });

/** What was noted when a file came in. */
export type Upload = z.infer<typeof uploadShape>;

/** The files that are there, newest first. One that was put there by hand has only a size and a time. */
export function listUploads(dataDir: string): Upload[] {
  const folder = uploadsFolder(dataDir);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter(name => !name.startsWith("."));
  const found = names.flatMap(name => findUpload(dataDir, name) ?? []);
  return found.sort((a, b) => b.at.localeCompare(a.at));
}

/** One of them, or undefined where there is none of that name. */
export function findUpload(dataDir: string, name: string): Upload | undefined {
  if (name !== safeName(name)) return undefined;
  const path = join(uploadsFolder(dataDir), name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  const noted = findShaped(uploadNoteFile(dataDir, name), uploadShape);
  // A file that somebody has put there since is another one.
  if (noted && noted.bytes === stat.size) return noted;
  return { name, bytes: stat.size, sha256: "", seconds: 0, at: stat.mtime.toISOString(), by: "" };
}

/** Notes what came in, beside the file. */
export function noteUpload(dataDir: string, upload: Upload): void {
  replaceFile(uploadNoteFile(dataDir, upload.name), shapedJson(uploadShape, upload));
}

/** A name that is safe in a folder, an address and a statement: letters, digits, `_`, `-`, `.`. Other signs become `_`. */
export function safeName(name: string): string {
  const last = basename(name.replaceAll("\\", "/"));
  const plain = last
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "_")
    .replace(/^[.-]+/, "");
  const cut = plain.length > 150 ? `${plain.slice(0, 140)}${/\.\w{1,8}$/.exec(plain)?.[0] ?? ""}` : plain;
  return cut || "file";
}
