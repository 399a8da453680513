import { z } from "zod";
import { firstSeenFile } from "../../../core/store/archive.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { replaceFile } from "../../../core/system/atomic.ts";
import { findShaped, toJson } from "../../../core/system/json.ts";
import type { ScriptFile } from "../folder.ts";

/**
 * When each script was first seen, as `archive/.scripts.json` remembers: for a new one, when it was changed last. The file may
 * be deleted at any time; what is there then counts as seen when it was last changed.
 */
export function firstSeen(layout: Pick<Layout, "archive">, files: readonly ScriptFile[]): Map<string, string> {
  const path = firstSeenFile(layout);
  const known = findShaped(path, shape) ?? {};
  const found = new Map(files.map(file => [file.path, known[file.path] ?? file.changedAt]));
  const added = [...found].filter(([script]) => known[script] === undefined);
  if (added.length > 0) replaceFile(path, toJson({ ...known, ...Object.fromEntries(added) }));
  return found;
}

// The time by the path of the script.
const shape = z.record(z.string(), z.string());
