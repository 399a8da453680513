import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../files/json.ts";
import type { Layout } from "../files/layout.ts";
import { GENESIS, type JobRecord } from "../jobs/record.ts";

/** The newest record of the archive, to which the next one is chained. */
export interface Head {
  sequence: number;
  hash: string;
}

/** The head of the chain, kept in memory. */
export interface Chain {
  head(): Head;
  /** The head is now this record. */
  advance(record: JobRecord): void;
}

interface SavedHead extends Head {
  id: string;
  month: string;
  savedAt: number;
}

/** Finds the head of the archive: from `archive/head.json` and what came after it, or by reading everything. */
export function openChain({ archive }: Pick<Layout, "archive">): Chain {
  const file = join(archive, "head.json");
  let head = find();
  return {
    head: () => head,
    advance(record) {
      head = { sequence: record.sequence, hash: record.hash };
      const saved: SavedHead = { ...head, id: record.id, month: record.finishedAt.slice(0, 7), savedAt: Date.now() };
      // Only a cache, so neither fsync nor care: what is torn, or older than the archive, is made good at the next start.
      writeFileSync(file, JSON.stringify(saved));
    },
  };

  function find(): Head {
    mkdirSync(archive, { recursive: true });
    const saved = verified();
    // A minute of slack, for files that were written while the clock was being corrected.
    const records = recordFiles(archive).filter(path => !saved || statSync(path).mtimeMs > saved.savedAt - 60_000);
    const start = saved ? { sequence: saved.sequence, hash: saved.hash } : { sequence: 0, hash: GENESIS };
    return records.reduce<Head>(newer, start);
  }

  function verified(): SavedHead | undefined {
    const saved = tolerant<SavedHead>(file);
    const record = saved && tolerant<JobRecord>(join(archive, saved.month, `${saved.id}.json`));
    return record && record.hash === saved.hash && record.sequence === saved.sequence ? saved : undefined;
  }
}

function recordFiles(archive: string): string[] {
  return readdirSync(archive)
    .filter(name => /^\d{4}-\d{2}$/.test(name))
    .flatMap(month => readdirSync(join(archive, month)).map(name => join(archive, month, name)))
    .filter(path => path.endsWith(".json"));
}

function newer(head: Head, path: string): Head {
  const record = tolerant<JobRecord>(path);
  return record && record.sequence > head.sequence ? { sequence: record.sequence, hash: record.hash } : head;
}

// Somebody may have put anything here by hand: what can't be read is no head. The audit names it.
function tolerant<T>(path: string): T | undefined {
  try {
    return readJson<T>(path);
  } catch {
    return undefined;
  }
}
