import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { isId, timeOfId } from "../../core/jobs/id.ts";
import { isQueuedName } from "../../core/store/layout.ts";
import { stemOf } from "../../core/store/names.ts";
import { removeFile } from "../../core/system/atomic.ts";
import type { Context } from "../context.ts";
import { queueKey } from "./candidate.ts";
import { examine } from "./examine.ts";
import { isTemporary, sweepFolder, sweepTemporary } from "./read-file.ts";
import { createRejections, type Rejections, rejectedInodes } from "./reject.ts";
import type { Waiting } from "./waiting.ts";

/** Looks at queue/ as it is and brings the waiting list in line. `notYet` are the files that can't be judged so far. */
export interface Scanner {
  /** `meanwhile` is called every now and then: what was found good so far may be taken. False from it ends the scan early. */
  scan(meanwhile?: () => boolean): Promise<void>;
  notYet(): string[];
}

interface Pending {
  key: string;
  since: number;
  isWarned?: boolean;
}

interface Found {
  name: string;
  stats: Stats;
}

// So many milliseconds of looking, then others may run.
const SLICE = 20;
// So often, while a scan goes on, what was found good so far may be taken.
const MEANWHILE = 250;

// What a scan knows: `pending` is of the scan before, `still` of this one.
interface Scan {
  context: Context;
  waiting: Waiting;
  rejections: Rejections;
  pending: ReadonlyMap<string, Pending>;
  still: Map<string, Pending>;
  inRejected?: ReadonlySet<number>;
}

/** A scanner of one queue/. It reads each version of a file once. */
export function createScanner(context: Context, waiting: Waiting): Scanner {
  const { layout, timing } = context;
  const keyAt = (name: string) => keyIn(layout.queue, name);
  const rejections = createRejections(context, keyAt);
  let pending = new Map<string, Pending>();
  return { scan, notYet: () => [...pending.keys()] };

  async function scan(meanwhile = () => true) {
    sweepFolder(layout.running, timing.temporaryAge);
    const state: Scan = { context, waiting, rejections, pending, still: new Map() };
    for (;;) {
      if (await judgeAll(state, meanwhile)) pending = state.still;
      Object.assign(state, { pending, still: new Map() });
      if (rejections.isEmpty() || !meanwhile()) return;
      await rejectSome();
    }
  }

  async function rejectSome() {
    const claimNumber = slices();
    const until = performance.now() + MEANWHILE;
    while (!rejections.isEmpty() && performance.now() < until) {
      for (const name of rejections.moveSome()) {
        const key = keyAt(name);
        if (key) pending.set(name, { key, since: performance.now() });
      }
      await claimNumber();
    }
  }
}

// Brings the waiting list in line with the folder. False if `meanwhile` has ended it early.
async function judgeAll(state: Scan, meanwhile: () => boolean): Promise<boolean> {
  const { waiting } = state;
  const claimNumber = slices();
  const fresh = await listFresh(state, claimNumber);
  // In the order of their submission: nothing is taken before what was submitted earlier has been seen.
  fresh.sort((a, b) => submitted(a) - submitted(b) || (a.name < b.name ? -1 : 1));
  let last = performance.now();
  for (const { name, stats } of fresh) {
    waiting.remove(name);
    judge(state, name, stats);
    await claimNumber();
    if (performance.now() - last < MEANWHILE) continue;
    if (!meanwhile()) return false;
    last = performance.now();
  }
  return true;
}

// The files that have to be read. What has gone from the folder waits no more.
async function listFresh(state: Scan, claimNumber: () => Promise<void>): Promise<Found[]> {
  const { layout, timing } = state.context;
  const names = readdirSync(layout.queue);
  const fresh: Found[] = [];
  for (const name of names) {
    if (isTemporary(name)) sweepTemporary(join(layout.queue, name), timing.temporaryAge);
    else if (isQueuedName(layout, name)) readEntry(state, name, fresh);
    await claimNumber();
  }
  const there = new Set(names);
  for (const name of state.waiting.names()) if (!there.has(name)) state.waiting.remove(name);
  return fresh;
}

function readEntry(state: Scan, name: string, fresh: Found[]): void {
  const { waiting, rejections, pending, still } = state;
  const { layout, timing } = state.context;
  if (rejections.has(name)) return;
  const stats = lstatSync(join(layout.queue, name), { throwIfNoEntry: false });
  if (!stats) {
    waiting.remove(name);
    return;
  }
  const key = queueKey(stats);
  const before = pending.get(name);
  if (stats.isFile() && stats.nlink > 1) wait(state, name, stats);
  else if (waiting.get(name)?.key === key) return;
  // A broken file that has not changed is not read again before its time is over.
  else if (before?.key === key && performance.now() - before.since < timing.stillFor) still.set(name, before);
  else fresh.push({ name, stats });
}

// Two links: its submit is between the link and the removal of its temporary name.
function wait(state: Scan, name: string, stats: Stats): void {
  const { waiting, pending, still } = state;
  const { timing, log } = state.context;
  waiting.remove(name);
  if (!pending.has(name) && finishRejection(state, name, stats.ino)) return;
  const before = pending.get(name) ?? { key: queueKey(stats), since: performance.now() };
  if (!before.isWarned && performance.now() - before.since > timing.temporaryAge) {
    log.warn(`${name} has a second hard link and is left waiting: remove the other link, or drop a copy instead.`);
    before.isWarned = true;
  }
  still.set(name, before);
}

// After a crash in the middle of a rejection the file is in rejected/ already, and only has to go from here.
function finishRejection(state: Scan, name: string, inode: number): boolean {
  const { layout } = state.context;
  state.inRejected ??= rejectedInodes(layout);
  if (!state.inRejected.has(inode)) return false;
  removeFile(join(layout.queue, name));
  return true;
}

function judge({ context, waiting, rejections, pending, still }: Scan, name: string, stats: Stats): void {
  const key = queueKey(stats);
  const before = pending.get(name);
  const unchanged = before?.key === key ? before : { key, since: performance.now() };
  const found = examine(context, name, stats, id => waiting.byId(id) !== undefined);
  if (found.is === "job") waiting.add(found.candidate);
  if (found.is === "wrong") rejections.add({ name, problems: found.problems, key });
  if (found.is !== "broken") return;
  const isStill = performance.now() - unchanged.since >= context.timing.stillFor;
  if (isStill) rejections.add({ name, problems: found.problems, key });
  else still.set(name, unchanged);
}

function keyIn(folder: string, name: string): string | undefined {
  const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
  return stats && queueKey(stats);
}

function slices(): () => Promise<void> {
  let start = performance.now();
  return async () => {
    if (performance.now() - start <= SLICE) return;
    await letOthersRun();
    start = performance.now();
  };
}

function submitted({ name, stats }: Found): number {
  const own = stemOf(name);
  return isId(own) ? timeOfId(own) : stats.mtimeMs;
}
