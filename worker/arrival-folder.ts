import { lstatSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { ArrivalFolder } from "../engines/engine.ts";
import { newId } from "../jobs/id.ts";
import { readArrived, writeArrived } from "./arrived.ts";
import type { Context } from "./context.ts";
import { userName } from "./origin.ts";
import { submitOnce } from "./submit-once.ts";
import { unfinished } from "./unfinished.ts";

/** A folder under watch. */
export interface WatchedFolder {
  look(arriving: ArrivalFolder, now: number): void;
}

interface Seen {
  path: string;
  name: string;
  /** Size and time: another one of the same name is another file. */
  key: string;
  uid: number;
  since: number;
}

// Names of what is still on its way: hidden, or with the ending that a browser, rsync, scp or curl gives it.
const UNREADY = /^\.|\.(?:part|tmp|filepart|crdownload|swp)$|~$/;
const AT_ONCE = 500;

/** Watches one folder, not those below it. What it made jobs of it remembers for as long as the files lie there. */
export function openWatch(context: Context, folder: string): WatchedFolder {
  const { layout, timing, log } = context;
  let memory = readArrived(layout, folder);
  let before = new Map<string, Seen>();
  return { look };

  function look(arriving: ArrivalFolder, now: number) {
    if (memory.pending) drop();
    const here = list(now);
    const fresh = here.filter(({ name, key }) => arriving.isWanted(name) && memory.files[name] !== key);
    const still = fresh.filter(({ since }) => now - since >= timing.stillFor);
    const [first] = still;
    if (!first) return;
    // What is still being written most likely belongs to what is complete: it is waited for, but not for ever.
    const waited = now - Math.min(...still.map(({ since }) => since)) >= timing.arriveTogether;
    if (still.length < fresh.length && !waited) return;
    if (unfinished(layout, [memory.last])) return;
    settle(arriving, still.slice(0, AT_ONCE), here);
  }

  function list(now: number): Seen[] {
    const ready = namesIn(folder).filter(name => !UNREADY.test(name));
    const here = ready.flatMap(name => seen(name, now) ?? []);
    before = new Map(here.map(one => [one.name, one]));
    return here;
  }

  // An empty file has not been written yet.
  function seen(name: string, now: number): Seen | undefined {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size === 0) return undefined;
    const key = `${stats.size} ${stats.mtimeMs}`;
    const last = before.get(name);
    return { path, name, key, uid: stats.uid, since: last?.key === key ? last.since : now };
  }

  // What a job is made of is written down before the job is there: after a crash the same job is dropped, or has been.
  function settle({ jobFor }: ArrivalFolder, files: readonly Seen[], here: readonly Seen[]) {
    const job = jobFor(files.map(({ path }) => path));
    const owners = new Set(files.map(({ uid }) => userName(uid)));
    const submittedBy = owners.size === 1 ? [...owners].join() : userName(process.getuid?.() ?? 0);
    const pending = {
      ...{ note: `arrived in ${folder}`, ...job, id: newId(job.type) },
      ...{ via: "hand" as const, submittedBy },
    };
    const there = new Set(here.map(({ name }) => name));
    const kept = Object.fromEntries(Object.entries(memory.files).filter(([name]) => there.has(name)));
    const taken = Object.fromEntries(files.map(({ name, key }) => [name, key]));
    remember({ folder, last: pending.id, pending, files: { ...kept, ...taken } });
    drop();
  }

  function drop() {
    const { pending, ...settled } = memory;
    if (pending && submitOnce(layout, pending)) log.info(`${pending.id} is made of what arrived in ${folder}`);
    remember(settled);
  }

  function remember(next: typeof memory) {
    writeArrived(layout, next);
    memory = next;
  }
}

function namesIn(folder: string): string[] {
  if (!isAbsolute(folder)) throw new Error(`${folder} is no folder of this machine: only those are watched.`);
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new Error(`the folder ${folder} can't be read (${(error as Error).message}): make it, or correct its name.`);
  }
}
