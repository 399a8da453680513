import { closeSync, fstatSync, openSync } from "node:fs";
import { isId } from "../../jobs/id.ts";
import { countStale, renewLineages } from "../../stations/renew.ts";
import { reportFile } from "../../store/archive.ts";
import { archivedRecord, type Layout } from "../../store/layout.ts";
import { readBytesAt } from "../lines-backwards.ts";
import { readRecord } from "../records.ts";
import { addEntry, countVersion, entryOf } from "./entry.ts";
import type { Store } from "./store.ts";

/** Up to where audit.csv is known: the file, how many of its bytes, and the last of these. */
interface Place {
  inode: string;
  offset: number;
  before: Uint8Array;
}

/** What following the report came to. `doubt` asks for a comparison with the archive. */
export interface Followed {
  added: number;
  doubt: boolean;
  /** Another process is writing: nothing was done. */
  busy: boolean;
}

const NEWLINE = 10;
const CHECKED = 256;
// More than this, some thousand jobs, is not taken in between two requests.
const LONG = 512 * 1024;
// Nor is a job with more tables, or a change of more lineages.
const MANY = 1000;

/** Takes in the jobs that the report has gained. Reads its new end only, whatever the archive holds. */
export function followReport(layout: Layout, store: Store): Followed {
  const file = openSync(reportFile(layout, "jobs"), "r");
  try {
    const { size, ino } = fstatSync(file);
    const place = placeOf(store);
    if (!place || size < place.offset || size - place.offset > LONG || !agrees(file, place))
      return { added: 0, doubt: true, busy: false };
    const read = readBytesAt(file, place.offset, size - place.offset);
    const whole = read.subarray(0, read.lastIndexOf(NEWLINE) + 1);
    const doubt = place.inode !== "" && place.inode !== String(ino);
    if (whole.length === 0 && !doubt) return { added: 0, doubt, busy: false };
    const done = store.change(false, () => {
      savePlace(store, placeAt(file, place.offset + whole.length));
      const added = addAll(layout, store, whole.toString());
      const isLeft = added.left || countStale(store, MANY) === MANY;
      if (!isLeft) renewLineages(store);
      return { ...added, isLeft };
    });
    return { added: done?.added ?? 0, doubt: doubt || done?.isLeft === true, busy: done === undefined };
  } finally {
    closeSync(file);
  }
}

/** Where the report ends now, for a comparison that is about to begin. */
export function endOfReport(layout: Layout): Place {
  let file: number;
  try {
    file = openSync(reportFile(layout, "jobs"), "r");
  } catch {
    return { inode: "", offset: 0, before: new Uint8Array() };
  }
  try {
    const { size } = fstatSync(file);
    for (let length = 4096; ; length *= 4) {
      const from = Math.max(0, size - length);
      const end = readBytesAt(file, from, size - from).lastIndexOf(NEWLINE);
      if (end >= 0 || from === 0) return placeAt(file, from + end + 1);
    }
  } finally {
    closeSync(file);
  }
}

/** Remembers up to where the report is known. Within a change of the store. */
export function savePlace(store: Store, { inode, offset, before }: Place): void {
  store.run("update state set inode = ?, offset = ?, before = ?", [inode, offset, before]);
}

function addAll(layout: Layout, store: Store, lines: string): { added: number; left: boolean } {
  let added = 0;
  let left = false;
  for (const line of lines.split("\n")) {
    const id = line.slice(0, Math.max(0, line.indexOf(",")));
    const path = isId(id) ? archivedRecord(layout, id) : undefined;
    const entry = path === undefined ? undefined : entryOf(layout, readRecord(path), path);
    if (entry && entry.tables.length > MANY) left = true;
    else if (entry && addEntry(store, entry)) added += 1;
  }
  if (added > 0) countVersion(store);
  return { added, left };
}

function placeOf(store: Store): Place | undefined {
  const state = store.get<{ [K in keyof Place]: Place[K] | null }>("select inode, offset, before from state");
  return state && state.inode !== null ? (state as Place) : undefined;
}

function agrees(file: number, { offset, before }: Place): boolean {
  return readBytesAt(file, offset - before.length, before.length).equals(before);
}

function placeAt(file: number, offset: number): Place {
  const length = Math.min(CHECKED, offset);
  return { inode: String(fstatSync(file).ino), offset, before: readBytesAt(file, offset - length, length) };
}
