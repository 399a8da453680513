import { z } from "zod";
import { parseJson } from "../jobs/parse/json.ts";
import { type JobRecord, recordShape } from "../jobs/record.ts";
import { archiveMonths, recordPaths } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { readStored } from "../store/packed.ts";
import { tolerant } from "../system/tolerant.ts";

/** Where a record of the chain lies. The records themselves are read one at a time: an archive may be large. */
export interface RecordLink {
  sequence: number;
  path: string;
}

/** Every file of the archive, or of some of its months, that should hold a record. */
export function recordFiles(layout: Pick<Layout, "archive">, months = archiveMonths(layout)): string[] {
  return months.flatMap(month => recordPaths(layout, month));
}

/** The records in the order in which they were archived, and the files that hold none. */
export function recordLinks(paths: readonly string[]): { links: RecordLink[]; unreadable: string[] } {
  const links: RecordLink[] = [];
  const unreadable: string[] = [];
  for (const path of paths) {
    const record = readRecord(path);
    if (record) links.push({ sequence: record.sequence, path });
    else unreadable.push(path);
  }
  links.sort((a, b) => a.sequence - b.sequence || (a.path < b.path ? -1 : 1));
  return { links, unreadable };
}

/** The record in a file; undefined where there is none. */
export function readRecord(path: string): JobRecord | undefined {
  try {
    // What the shape does not name is kept: the hash covers it.
    return tolerant(recordShape, "keep").safeParse(parseJson(readStored(path).toString())).data;
  } catch {
    return undefined;
  }
}

/** The place in the chain that a record's file names; undefined where it names none. The record is not checked. */
export function readSequence(path: string): number | undefined {
  try {
    return sequenceShape.safeParse(parseJson(readStored(path).toString())).data?.sequence;
  } catch {
    return undefined;
  }
}

const sequenceShape = z.object({ sequence: z.int() });
