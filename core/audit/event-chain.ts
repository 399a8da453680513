import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { z } from "zod";
import { GENESIS } from "../jobs/record.ts";
import { archiveMonths, auditEventsFile, auditEventsHeadFile, monthFolder } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { isMonth } from "../store/names.ts";
import { linesBackwards, readBytesAt } from "./lines-backwards.ts";
import { withEventsLocked } from "./lock.ts";

export const eventsHeadShape = z
  .strictObject({
    month: z.string().refine(isMonth).describe("The month of the event, as 2026-11."),
    sequence: z.int().min(0).describe("Its number in its month."),
    hash: z.string().describe("SHA-256 over it and the one before it."),
  })
  .meta({ id: "AuditEventsHead" });

/** The newest audit event of a month. Records carry it, so that what people did can't be changed without them. */
export type EventsHead = z.infer<typeof eventsHeadShape>;

type Archive = Pick<Layout, "archive">;

const NEWLINE = 10;
const CHAINED = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/s;

/** Adds an event to those of its month in one write, with its number and a hash over it and the one before it. */
export function appendChained(layout: Archive, month: string, event: string): void {
  mkdirSync(monthFolder(layout, month), { recursive: true, mode: 0o700 });
  withEventsLocked(layout, () => {
    const path = auditEventsFile(layout, month);
    const file = openSync(path, "a+", 0o600);
    try {
      cutTornLine(file);
      const before = newestOf(path);
      const sequence = (before?.sequence ?? 0) + 1;
      const text = `${event.slice(0, -1)},"sequence":${sequence}}`;
      const hash = chainHash(before?.hash ?? GENESIS, text);
      const line = Buffer.from(`${text.slice(0, -1)},"hash":"${hash}"}\n`);
      if (writeSync(file, line) < line.length)
        throw new Error(`The audit event could not be written whole to ${path}: is the disk full?`);
      noteNewest(layout, { month, sequence, hash });
    } finally {
      closeSync(file);
    }
  });
}

/** The newest events of the last two months, for the next record: two, since a month ends between two records. */
export function newestEvents(layout: Archive): EventsHead[] {
  const months = archiveMonths(layout).slice(-2);
  return months.flatMap(month => {
    const newest = newestOf(auditEventsFile(layout, month));
    return newest ? [{ month, ...newest }] : [];
  });
}

/** A line of events with the hash that it states, and the one that it should have after the event before it. */
export function readChained(
  line: string,
  previous: string,
): { text: string; stated: string; expected: string } | undefined {
  const [, start, stated = ""] = CHAINED.exec(line) ?? [];
  if (start === undefined) return undefined;
  const text = `${start}}`;
  return { text, stated, expected: chainHash(previous, text) };
}

/** What an event after a line is chained to: its hash, or, where it states none, one of the line itself. */
export function linkOf(line: string): string {
  return CHAINED.exec(line)?.[2] ?? createHash("sha256").update(line).digest("hex");
}

function chainHash(previous: string, text: string): string {
  return createHash("sha256").update(`${previous}\n${text}`).digest("hex");
}

// A line that a crash tore is no event. Nothing may be written behind it, since both would then be one line.
function cutTornLine(file: number): void {
  const { size } = fstatSync(file);
  for (let end = size; ; ) {
    const from = Math.max(0, end - 65_536);
    const newline = readBytesAt(file, from, end - from).lastIndexOf(NEWLINE);
    const wholeBytes = newline >= 0 ? from + newline + 1 : from;
    if (newline < 0 && from > 0) {
      end = from;
      continue;
    }
    if (wholeBytes < size) ftruncateSync(file, wholeBytes);
    return;
  }
}

function newestOf(path: string): Pick<EventsHead, "sequence" | "hash"> | undefined {
  let isLast = true;
  for (const { text } of linesBackwards(path)) {
    // The text after the last line break is empty or still being written.
    if (!isLast && text !== "") return { sequence: sequenceOf(text), hash: linkOf(text) };
    isLast = false;
  }
  return undefined;
}

function sequenceOf(line: string): number {
  return Number(/,"sequence":(\d{1,15}),"hash":"[0-9a-f]{64}"\}$/.exec(line)?.[1] ?? 0);
}

// After a crash this may lag behind the newest event. A check requires at least the event that it names.
function noteNewest(layout: Archive, newest: EventsHead): void {
  const path = auditEventsHeadFile(layout);
  writeFileSync(`${path}.tmp`, JSON.stringify(newest), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
