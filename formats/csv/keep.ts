import { existsSync, linkSync, mkdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { incomingFolder, uploadNotesFolder, uploadsFolder } from "../../core/store/data-files.ts";
import { syncFolder } from "../../core/system/atomic.ts";
import { findUpload, noteUpload, safeName, type Upload } from "./uploads.ts";

/** Makes the folder for files that are still coming in. Returns its path. */
export function makeIncoming(dataDir: string): string {
  const folder = incomingFolder(dataDir);
  for (const path of [folder, uploadNotesFolder(dataDir)]) mkdirSync(path, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * Gives a file that is all there its name among the uploads. It never takes the place of another one, which a job may
 * wait for: a name that is taken gets a number, unless the same bytes have it.
 */
export function keepUpload(dataDir: string, path: string, came: Omit<Upload, "at">): Upload {
  const name = safeName(came.name);
  const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${name.slice(0, dot)}-${number}${name.slice(dot)}`;
    const upload = { ...came, name: free, at: new Date().toISOString() };
    const there = findUpload(dataDir, free);
    if (there?.sha256 === came.sha256) {
      unlinkSync(path);
      return there;
    }
    const target = join(uploadsFolder(dataDir), free);
    if (existsSync(target)) continue;
    try {
      linkSync(path, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    unlinkSync(path);
    noteUpload(dataDir, upload);
    syncFolder(uploadsFolder(dataDir));
    return upload;
  }
}
