import { lstatSync, readdirSync, type Stats } from "node:fs";
import { basename, join } from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { keyOf } from "./candidate.ts";
import type { Context } from "./context.ts";
import { examine } from "./examine.ts";
import { finishRejection, rejectFile } from "./reject.ts";
import { isTemporary, sweepFolder, sweepTemporary } from "./temporary.ts";
import type { Waiting } from "./waiting.ts";

/** Looks at queue/ as it is and brings the waiting list in line. `notYet` are the files that can't be judged so far. */
export interface Scanner {
  scan(): Promise<void>;
  notYet(): string[];
}

interface Pending {
  key: string;
  since: number;
  told?: boolean;
}

// So many milliseconds of looking, then others may run.
const SLICE = 20;

/** A scanner of one queue/. It reads each version of a file once. */
export function createScanner(context: Context, waiting: Waiting): Scanner {
  const { layout, timing, log } = context;
  const heartbeat = basename(layout.heartbeat);
  let pending = new Map<string, Pending>();

  return { scan, notYet: () => [...pending.keys()] };

  async function scan() {
    sweepFolder(layout.running, timing.temporaryAge);
    const names = readdirSync(layout.queue).sort();
    const still = new Map<string, Pending>();
    let start = performance.now();
    for (const name of names) {
      if (isTemporary(name)) sweepTemporary(join(layout.queue, name), timing.temporaryAge);
      else if (name.endsWith(".json") && !name.startsWith(".") && name !== heartbeat) look(name, still);
      if (performance.now() - start > SLICE) {
        await letOthersRun();
        start = performance.now();
      }
    }
    pending = still;
    const there = new Set(names);
    for (const name of waiting.names()) if (!there.has(name)) waiting.remove(name);
  }

  function look(name: string, still: Map<string, Pending>) {
    const stats = lstatSync(join(layout.queue, name), { throwIfNoEntry: false });
    if (!stats) return waiting.remove(name);
    const key = keyOf(stats);
    if (stats.isFile() && stats.nlink > 1) return wait(name, stats, still);
    if (waiting.get(name)?.key !== key) judge(name, stats, key, still);
  }

  // Two links: its submit is between the link and the removal of its temporary name.
  function wait(name: string, stats: Stats, still: Map<string, Pending>) {
    waiting.remove(name);
    if (!pending.has(name) && finishRejection(context, name, stats.ino)) return;
    const before = pending.get(name) ?? { key: keyOf(stats), since: performance.now() };
    if (!before.told && performance.now() - before.since > timing.temporaryAge) {
      log.warn(`${name} has a second hard link and is left waiting: remove the other link, or drop a copy instead.`);
      before.told = true;
    }
    still.set(name, before);
  }

  function judge(name: string, stats: Stats, key: string, still: Map<string, Pending>) {
    waiting.remove(name);
    const before = pending.get(name);
    const unchanged = before?.key === key ? before : { key, since: performance.now() };
    const found = examine(context, name, stats, id => waiting.byId(id) !== undefined);
    if (found.is === "job") waiting.add(found.candidate);
    if (found.is === "wrong") reject(name, found.problems, still, unchanged);
    if (found.is !== "broken") return;
    const isStill = performance.now() - unchanged.since >= timing.stillFor;
    if (isStill) reject(name, found.problems, still, unchanged);
    else still.set(name, unchanged);
  }

  function reject(name: string, problems: string[], still: Map<string, Pending>, unchanged: Pending) {
    try {
      rejectFile(context, name, problems);
    } catch (error) {
      // Gone, or no room: it is looked at again.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") still.set(name, unchanged);
      log.warn(`${name} can't be moved to rejected/: ${(error as Error).message}`);
    }
  }
}
