import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../files/layout.ts";
import type { JobRecord } from "../jobs/record.ts";

/** Where a record of the chain lies. The records themselves are read one at a time: an archive may be large. */
export interface Link {
  sequence: number;
  path: string;
}

/** Every file of the archive that should hold a record. */
export function recordFiles({ archive }: Pick<Layout, "archive">): string[] {
  const months = readdirSync(archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  return months.flatMap(month => {
    const names = readdirSync(join(archive, month)).filter(name => name.endsWith(".json") && !name.startsWith("."));
    return names.map(name => join(archive, month, name));
  });
}

/** The records in the order in which they were archived, and the files that hold none. */
export function chainOf(paths: readonly string[]): { links: Link[]; unreadable: string[] } {
  const links: Link[] = [];
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
    const record = JSON.parse(readFileSync(path, "utf8")) as JobRecord;
    const whole = Number.isSafeInteger(record.sequence) && typeof record.id === "string";
    return whole && Array.isArray(record.tables) && Array.isArray(record.attempts) ? record : undefined;
  } catch {
    return undefined;
  }
}
