import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { parseJson } from "../jobs/parse/json.ts";
import { GENESIS, type JobRecord } from "../jobs/record.ts";
import { archiveMonths, auditEventsFile, auditEventsHeadFile } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { readShaped } from "../system/json.ts";
import { type EventsHead, eventsHeadShape, linkOf, readChained } from "./event-chain.ts";
import { withEventsLocked } from "./lock.ts";

/** Compares the audit events with the newest event that each record names. */
export interface EventAnchors {
  add(record: JobRecord): void;
  problems(): string[];
}

interface Anchor extends EventsHead {
  by: string;
}

/** Collects what records say about the audit events, then names what was edited, removed or added among those. */
export function eventAnchors(layout: Layout): EventAnchors {
  const anchors = new Map<string, Anchor>();
  return {
    add({ id, auditEvents = [] }) {
      for (const head of auditEvents) {
        const key = `${head.month} ${head.sequence} ${head.hash}`;
        if (!anchors.has(key)) anchors.set(key, { ...head, by: `The record of ${id}` });
      }
    },
    problems() {
      const { months, noted } = withEventsLocked(layout, () => ({
        months: archiveMonths(layout).map(month => ({ month, text: textOf(auditEventsFile(layout, month)) })),
        noted: notedHead(layout),
      }));
      const chains = new Map(months.map(({ month, text }) => [month, followEvents(layout, month, text)] as const));
      const found = [...chains.values()].flatMap(({ problems }) => problems);
      const isChained = [...chains.values()].some(({ hashes }) => hashes.length > 0);
      if (noted === "unreadable")
        found.push(`${name(layout, auditEventsHeadFile(layout))} can't be read: it was spoilt.`);
      else if (noted) anchors.set("noted", { ...noted, by: name(layout, auditEventsHeadFile(layout)) });
      else if (isChained)
        found.push(
          `${name(layout, auditEventsHeadFile(layout))} is missing: the newest audit events may have been removed.`,
        );
      return [...found, ...anchorProblems([...anchors.values()], chains)];
    },
  };
}

interface Followed {
  /** The hash of each event, the first at 0. */
  hashes: string[];
  problems: string[];
}

const TOLD = 20;

function followEvents(layout: Layout, month: string, text: string): Followed {
  const file = name(layout, auditEventsFile(layout, month));
  const lines = text.split("\n");
  const problems: string[] = [];
  const hashes: string[] = [];
  if (lines.pop() !== "")
    problems.push(`${file} ends with a line that a crash tore, or that somebody added; the next event cuts it off.`);
  let previous = GENESIS;
  for (const [i, line] of lines.entries()) {
    const where = `Line ${i + 1} of ${file}`;
    const read = readChained(line, previous);
    previous = linkOf(line);
    hashes.push(previous);
    if (!read) problems.push(`${where} has no hash: it was added or edited.`);
    else if (read.stated !== read.expected)
      problems.push(`${where} does not match its hash: it was edited, or one before it was added or removed.`);
    else if (momentOf(read.text)?.slice(0, 7) !== month)
      problems.push(`${where} belongs to another month: it was moved.`);
  }
  const more = problems.length - TOLD;
  return {
    hashes,
    problems: more > 0 ? [...problems.slice(0, TOLD), `${file} has ${more} more such lines.`] : problems,
  };
}

// One sentence a month: where its end is gone, every later record misses it.
function anchorProblems(anchors: readonly Anchor[], chains: ReadonlyMap<string, Followed>): string[] {
  const wrong = anchors.filter(({ month, sequence, hash }) => chains.get(month)?.hashes[sequence - 1] !== hash);
  const byMonth = Map.groupBy(wrong, ({ month }) => month);
  return [...byMonth].map(([month, [first]]) => {
    const there = chains.get(month)?.hashes.length ?? 0;
    const { by, sequence } = first!;
    if (there < sequence)
      return `${by} says that ${month} had ${sequence} audit events, but ${there} are there: the others were removed.`;
    return `${by} knows another audit event ${sequence} of ${month} than the one that is there: events were replaced.`;
  });
}

function notedHead(layout: Layout): EventsHead | "unreadable" | undefined {
  try {
    return readShaped(auditEventsHeadFile(layout), eventsHeadShape);
  } catch {
    return "unreadable";
  }
}

function momentOf(text: string): string | undefined {
  try {
    return String((parseJson(text) as { at?: unknown }).at);
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function name({ root }: Layout, path: string): string {
  return relative(root, path);
}
