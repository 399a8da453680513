import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Layout } from "../files/layout.ts";
import { rangeOf } from "./index/key.ts";
import { fold } from "./index/text.ts";
import { linesBackwards } from "./lines-backwards.ts";

/** What a person can do that is recorded. */
export const DEEDS = [
  ...([
    "log in",
    "failed log in",
    "log out",
    "start",
    "cancel",
    "retry",
    "set aside",
    "submit again",
    "upload",
  ] as const),
  ...(["person", "role", "password", "token", "edit", "test", "export", "schedule"] as const),
] as const;

const shape = z.object({
  at: z.iso.datetime(),
  by: z.string(),
  role: z.string().optional(),
  from: z.string().optional(),
  what: z.enum(DEEDS),
  job: z.string().optional(),
  about: z.string().optional(),
  detail: z.string().optional(),
});

/**
 * One thing that a person did in the portal: when (in UTC), who, in which role, from which address, what, with which
 * job, to whom or to what. No password, token or other secret ever stands in it.
 */
export type Deed = { [K in keyof z.infer<typeof shape>]: z.infer<typeof shape>[K] };

/** A deed as it was read, and where it stands: the cursor for what is older. */
export type RecordedDeed = Deed & { place: string };

/** Which deeds. A date in `from` and `to` is its whole day in UTC; `before` is the `place` of the last one shown. */
export interface DeedQuery {
  from?: string | undefined;
  to?: string | undefined;
  by?: string | undefined;
  what?: string | undefined;
  /** A part of anything in it, in upper or lower case. */
  text?: string | undefined;
  limit?: number | undefined;
  before?: string | undefined;
}

const LIMIT = 50;
const LONGEST = 1000;
const HOUR = 3_600_000;
const NEWLINE = 10;

/** Adds a deed to those of its month, `archive/<yyyy-mm>/deeds.ndjson`, in one write. */
export function recordDeed({ archive }: Pick<Layout, "archive">, deed: Deed): void {
  const folder = join(archive, deed.at.slice(0, 7));
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const file = openSync(join(folder, "deeds.ndjson"), "a+", 0o640);
  try {
    const line = Buffer.from(`${endsTorn(file) ? "\n" : ""}${JSON.stringify(shape.parse(deed), cut)}\n`);
    if (writeSync(file, line) < line.length)
      throw new Error(`The deed could not be recorded whole in ${folder}: is the disk full?`);
  } finally {
    closeSync(file);
  }
}

/** The deeds that match, the newest first. Reads from the end, only as far as it must. */
export function readDeeds(layout: Pick<Layout, "archive">, query: DeedQuery = {}): RecordedDeed[] {
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = rangeOf(query.from, query.to);
  const [beforeMonth, byte] = query.before?.split(":") ?? [];
  const found: RecordedDeed[] = [];
  for (const month of monthsOf(layout, query)) {
    if (beforeMonth && month > beforeMonth) continue;
    const until = month === beforeMonth ? Number(byte) : undefined;
    for (const line of linesBackwards(join(layout.archive, month, "deeds.ndjson"), until)) {
      const deed = deedOf(line.text);
      if (!deed) continue;
      const at = Date.parse(deed.at);
      // Several processes write: what stands before may be a little newer.
      if (at < start - HOUR) return found;
      if (at >= start && at < end && isWanted(deed, query)) found.push({ ...deed, place: `${month}:${line.start}` });
      if (found.length >= (query.limit ?? LIMIT)) return found;
    }
  }
  return found;
}

// A line that a crash tore must not spoil the next one.
function endsTorn(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

// What somebody types at the door does not fill the disk.
function cut(_key: string, value: unknown): unknown {
  return typeof value === "string" && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
}

function monthsOf({ archive }: Pick<Layout, "archive">, { from, to }: DeedQuery): string[] {
  const months = readdirSync(archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  const inside = months.filter(month => !(from && month < from.slice(0, 7)) && !(to && month > to.slice(0, 7)));
  return inside.sort().reverse();
}

function deedOf(line: string): Deed | undefined {
  try {
    return shape.safeParse(JSON.parse(line)).data as Deed | undefined;
  } catch {
    return undefined;
  }
}

function isWanted(deed: Deed, { by, what, text }: DeedQuery): boolean {
  const part = fold(text ?? "").trim();
  return (
    (!by || deed.by === by) &&
    (!what || deed.what === what) &&
    (part === "" || Object.values(deed).some(value => fold(value ?? "").includes(part)))
  );
}
