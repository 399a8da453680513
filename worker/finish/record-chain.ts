import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ArchiveHead, isSealed, readArchiveHead, writeHead } from "../../core/audit/head.ts";
import { readRecord, recordFiles } from "../../core/audit/records.ts";
import { GENESIS, type JobRecord } from "../../core/jobs/record.ts";
import { archiveMonths, monthFolder, recordFile } from "../../core/store/archive.ts";
import type { Layout } from "../../core/store/layout.ts";
import { jsonNames } from "../../core/store/names.ts";
import { isStored } from "../../core/store/packed.ts";

/** The newest record of the archive, to which the next one is chained. */
export interface ChainHead {
  sequence: number;
  hash: string;
}

/** The head of the chain, kept in memory. */
export interface RecordChain {
  head(): ChainHead;
  /** The head is now this record. */
  advance(record: JobRecord): void;
}

/** Finds the head of the archive: from `archive/head.json` and what came after it, or by reading everything. */
export function openRecordChain(layout: Pick<Layout, "archive">, key?: string): RecordChain {
  const { archive } = layout;
  let head = find();
  return {
    head: () => head,
    advance(record) {
      head = { sequence: record.sequence, hash: record.hash };
      writeHead(layout, record, key);
    },
  };

  function find(): ChainHead {
    mkdirSync(archive, { recursive: true, mode: 0o700 });
    const { saved, isThere } = savedHead();
    // A minute of slack, for files that were written while the clock was being corrected.
    const since = saved && isThere ? saved.savedAt - 60_000 : Number.NEGATIVE_INFINITY;
    const records = recordsSince(layout, since);
    const start = saved ? { sequence: saved.sequence, hash: saved.hash } : { sequence: 0, hash: GENESIS };
    return records.reduce<ChainHead>(newer, start);
  }

  // If the record of the saved head was removed, the chain goes on from that head all the same, so that a check finds the gap.
  function savedHead(): { saved?: ArchiveHead; isThere: boolean } {
    const saved = readArchiveHead(layout);
    if (!saved || saved === "unreadable" || (key && saved.seal && !isSealed(saved, key))) return { isThere: false };
    const path = recordFile(layout, saved.month, saved.id);
    if (!isStored(path)) return { saved, isThere: false };
    const record = readRecord(path);
    const fits = record?.hash === saved.hash && record.sequence === saved.sequence;
    return fits ? { saved, isThere: true } : { isThere: false };
  }
}

// What was archived later is not packed yet, and changed its folder: a start does not ask for every file of a large archive.
function recordsSince(layout: Pick<Layout, "archive">, since: number): string[] {
  if (since === Number.NEGATIVE_INFINITY) return recordFiles(layout);
  const isLater = (path: string) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > since;
  const folders = archiveMonths(layout).map(month => monthFolder(layout, month));
  return folders
    .filter(isLater)
    .flatMap(folder => jsonNames(folder).map(name => join(folder, name)))
    .filter(isLater);
}

// People may put other files here. One that is no record is passed over; `npm run audit` names it.
function newer(head: ChainHead, path: string): ChainHead {
  const record = readRecord(path);
  return record && record.sequence > head.sequence ? { sequence: record.sequence, hash: record.hash } : head;
}
