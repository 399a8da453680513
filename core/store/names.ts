import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

const JSON_ENDING = ".json";
const PROOFS_ENDING = ".proofs.ndjson";
const RUNNING = /\.(?:json|claim\.json|engine\.json|result\.json|retry\.json|proofs\.ndjson)$/;

/** The name of the file that holds one thing: a job, a record, a cancel request, a schedule. */
export function jsonName(id: string): string {
  return `${id}${JSON_ENDING}`;
}

/** Whether a file's name is of this kind. Hidden files are not: they may still be being written. */
export function isJsonName(name: string): boolean {
  return name.endsWith(JSON_ENDING) && !name.startsWith(".");
}

/** The names of this kind in a folder. */
export function jsonNames(folder: string): string[] {
  return readdirSync(folder).filter(isJsonName);
}

/** The id, or the name, that such a file is called by. */
export function stemOf(name: string): string {
  return name.endsWith(JSON_ENDING) ? name.slice(0, -JSON_ENDING.length) : name;
}

/** The second name, the third and so on of such a file, where the first is taken; the first for 1. */
export function numberedName(stem: string, number: number): string {
  return jsonName(number === 1 ? stem : `${stem}.${number}`);
}

/** The job that a file of running/ belongs to; undefined where its name says no job. Whether that is an id is not checked. */
export function jobOfRunning(name: string): string | undefined {
  return RUNNING.test(name) ? name.replace(RUNNING, "") : undefined;
}

/** The name of the proofs of a job. */
export function proofsName(id: string): string {
  return `${id}${PROOFS_ENDING}`;
}

/** The job that a file of proofs belongs to; undefined for another file. */
export function jobOfProofs(name: string): string | undefined {
  return name.endsWith(PROOFS_ENDING) ? name.slice(0, -PROOFS_ENDING.length) : undefined;
}

/** The proofs that lie beside a record. */
export function proofsBeside(record: string): string {
  return proofsName(stemOf(record));
}

/** The name of the log of one attempt: `<id>.log`, then `<id>.2.log`, … */
export function logName(id: string, attempt: number): string {
  return attempt === 1 ? `${id}.log` : `${id}.${attempt}.log`;
}

/** The job that a log or a file of events belongs to; undefined for another file. */
export function jobOfLog(name: string): string | undefined {
  return /^([^.]+)(?:\.\d+)?\.log$/.exec(name)?.[1] ?? /^([^.]+)\.events\.ndjson$/.exec(name)?.[1];
}

/** The name of the events of a job. */
export function eventsName(id: string): string {
  return `${id}.events.ndjson`;
}

/** The name of the file that says why another was rejected. */
export function reasonName(name: string): string {
  return `${name}.reason.txt`;
}

/** The name of the file that says who dismissed a rejected one, when and why. */
export function dismissalName(name: string): string {
  return `${name}.set-aside.json`;
}

/** What lies in logs/ beside the log of some jobs, and what its file is called after the id. */
const BESIDE_LOG = {
  bad: "bad.csv",
  conflicts: "conflicts.csv",
  differences: "differences.json",
  replay: "replay.json",
} as const;

/** A file that some jobs keep beside their log: records that are bad or in conflict, differences, how far a replay is. */
export type BesideLog = keyof typeof BESIDE_LOG;

/** The name of such a file. */
export function besideLogName(id: string, kind: BesideLog): string {
  return `${id}.${BESIDE_LOG[kind]}`;
}

/** The name in logs/ of the copy of a script that a job ran. `name` must be safe in a path. */
export function scriptCopyName(id: string, sha256: string, name: string): string {
  return `${id}.${sha256.slice(0, 12)}.${name}`;
}

/** Whether the name of a folder in archive/ is that of a month, `yyyy-mm`. */
export function isMonth(name: string): boolean {
  return /^\d{4}-\d{2}$/.test(name);
}

// What a file system allows for a name, less `.json`, `.reason.txt`, a number and what a temporary name adds.
const LONGEST = 255 - 35;

/** A name for a file that nothing in the folder has: its own, else with `.2`, `.3`, … before its ending. */
export function freeName(folder: string, name: string): string {
  const stem = shorten(stemOf(name));
  for (let number = 1; ; number++) {
    const candidate = numberedName(stem, number);
    if (lstatSync(join(folder, candidate), { throwIfNoEntry: false }) === undefined) return candidate;
  }
}

function shorten(stem: string): string {
  let short = stem;
  while (Buffer.byteLength(short) > LONGEST) short = [...short].slice(0, -1).join("");
  return short;
}
