import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../../core/store/layout.ts";
import { scriptCopyName } from "../../core/store/names.ts";
import { createFile } from "../../core/system/atomic.ts";
import type { ScriptBytes } from "./folder.ts";
import { scriptName } from "./parameters.ts";

/** Keeps the bytes that are run, beside the log of their job: `logs/<id>.<start of the hash>.<name>.py`. Gives the name. */
export function keepScript({ logs }: Layout, id: string, path: string, { bytes, sha256 }: ScriptBytes): string {
  const name = keptName(id, path, sha256);
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  try {
    createFile(join(logs, name), bytes);
  } catch (error) {
    // An earlier attempt ran the same bytes.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return name;
}

/** The name of a script that is safe in every path and on every command line. */
export function keptFileName(path: string): string {
  return scriptName(path)
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .slice(-100);
}

/** The name of that copy in logs/. */
export function keptName(id: string, path: string, sha256: string): string {
  return scriptCopyName(id, sha256, keptFileName(path));
}
