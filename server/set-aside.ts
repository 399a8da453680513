import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { recordDeed } from "../audit/deeds.ts";
import { createFile, moveToFreeName } from "../files/atomic.ts";
import { toJson } from "../files/json.ts";
import { freeName } from "../worker/reject.ts";
import type { Doer } from "./deeds.ts";
import { type RejectedFile, reasonOf } from "./rejected.ts";

/** Why a rejected file goes to the archive: somebody wants it away, or sent it again as a job. */
export type Why = { what: "set aside"; why: string } | { what: "submit again"; job: string };

/**
 * Moves a rejected file and its reason to `archive/<yyyy-mm>/set-aside/`, over nothing, with who, when and why beside
 * them, and records the deed. Gives its name there.
 */
export function setAside({ portal: { layout }, person, address }: Doer, file: RejectedFile, why: Why): string {
  const at = new Date().toISOString();
  const folder = join(layout.archive, at.slice(0, 7), "set-aside");
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const kept = freeNames(folder, file.name);
  const from = (name: string) => join(layout.rejected, name);
  // The note first, the file last: whatever ends this in between, the file is still among the rejected.
  createFile(join(folder, noteOf(kept)), toJson({ name: file.name, at, by: person.name, role: person.role, ...why }));
  if (exists(from(reasonOf(file.name)))) moveToFreeName(from(reasonOf(file.name)), join(folder, reasonOf(kept)));
  moveToFreeName(from(file.name), join(folder, kept));
  recordDeed(layout, {
    at,
    by: person.name,
    role: person.role,
    from: address,
    what: why.what,
    about: file.name,
    ...(why.what === "set aside" ? { detail: why.why } : { job: why.job, detail: `after it was rejected: ${kept}` }),
  });
  return kept;
}

// What the longest of the names that stand beside each other adds to it, and what a temporary name adds to that.
const LONGEST = 255 - 40;

// A name of which nothing is there: not the file, not its reason, not its note.
function freeNames(folder: string, name: string): string {
  const stem = shortened(name.replace(/\.json$/, ""));
  for (let number = 1; ; number++) {
    const kept = freeName(folder, number === 1 ? `${stem}.json` : `${stem}.${number}.json`);
    if (!exists(join(folder, reasonOf(kept))) && !exists(join(folder, noteOf(kept)))) return kept;
  }
}

function shortened(stem: string): string {
  let short = stem;
  while (Buffer.byteLength(short) > LONGEST - 10) short = [...short].slice(0, -1).join("");
  return short;
}

function noteOf(name: string): string {
  return `${name}.set-aside.json`;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
