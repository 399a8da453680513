import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import { dismissedFolder } from "../../core/store/archive.ts";
import { dismissalName, freeName, numberedName, reasonName, stemOf } from "../../core/store/names.ts";
import { createFile, moveToFreeName } from "../../core/system/atomic.ts";
import { toJson } from "../../core/system/json.ts";
import { auditContext } from "../../engines/portal/page.ts";
import type { RejectedFile } from "../state/rejected.ts";
import type { Actor } from "./jobs.ts";

/** Why a rejected file goes to the archive: a person dismissed it, or submitted it again as a job. */
export type Why = { what: "dismiss"; why: string } | { what: "submit again"; job: string };

/**
 * Moves a rejected file and its reason to `archive/<yyyy-mm>/set-aside/`, over nothing, with who, when and why beside
 * them, and records the audit event. Returns its name there.
 */
export function setAside(actor: Actor, file: RejectedFile, why: Why): string {
  const { person } = actor;
  const { layout } = actor.portal;
  const at = new Date().toISOString();
  const folder = dismissedFolder(layout, at);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const archivedName = freeNames(folder, file.name);
  const from = (name: string) => join(layout.rejected, name);
  // The note first, the file last: whatever ends this in between, the file is still among the rejected.
  createFile(
    join(folder, dismissalName(archivedName)),
    toJson({ name: file.name, at, by: person.name, role: person.role, ...why }),
  );
  if (exists(from(reasonName(file.name))))
    moveToFreeName(from(reasonName(file.name)), join(folder, reasonName(archivedName)));
  moveToFreeName(from(file.name), join(folder, archivedName));
  recordAuditEvent(auditContext(actor), {
    at,
    what: why.what,
    about: file.name,
    ...(why.what === "dismiss"
      ? { detail: why.why }
      : { job: why.job, detail: `after it was rejected: ${archivedName}` }),
  });
  return archivedName;
}

// What the longest of the names that stand beside each other adds to it, and what a temporary name adds to that.
const LONGEST = 255 - 40;

// A name of which nothing is there: not the file, not its reason, not its note.
function freeNames(folder: string, name: string): string {
  const stem = shortened(stemOf(name));
  for (let number = 1; ; number++) {
    const archivedName = freeName(folder, numberedName(stem, number));
    if (!exists(join(folder, reasonName(archivedName))) && !exists(join(folder, dismissalName(archivedName))))
      return archivedName;
  }
}

function shortened(stem: string): string {
  let short = stem;
  while (Buffer.byteLength(short) > LONGEST - 10) short = [...short].slice(0, -1).join("");
  return short;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
