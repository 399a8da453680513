import { lstatSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { newId } from "../../core/jobs/id.ts";
import { readArrived, writeArrived } from "../../core/store/arrived.ts";
import { userName } from "../../core/store/origin.ts";
import { submitOnce } from "../../core/store/submit.ts";
import type { ArrivalFolder } from "../../engines/engine.ts";
import type { Context } from "../context.ts";
import { unfinishedOutcomes } from "../finish/record.ts";

/** A folder under watch. */
export interface ArrivalWatch {
  check(arriving: ArrivalFolder, now: number): void;
  /** A file that has not grown for as long as it must stand still: the next look takes it. */
  settled(name: string): void;
}

interface FileState {
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

/** Watches one folder, without its subfolders. It remembers which files it made jobs of for as long as they lie there. */
export function openWatch(context: Context, folder: string): ArrivalWatch {
  const { layout, timing, log } = context;
  const { list, settled } = createListing(folder, timing.stillFor);
  let memory = readArrived(layout, folder);
  return { check, settled };

  function check(arriving: ArrivalFolder, now: number) {
    if (memory.pending) drop();
    const here = list(now);
    const fresh = here.filter(({ name, key }) => arriving.isWanted(name) && memory.files[name] !== key);
    const still = fresh.filter(({ since }) => now - since >= timing.stillFor);
    const [first] = still;
    if (!first) return;
    // Files that still grow most likely belong together with those that are complete, so one job waits for all, up to a limit.
    const waited = now - Math.min(...still.map(({ since }) => since)) >= timing.arriveTogether;
    if (still.length < fresh.length && !waited) return;
    if (unfinishedOutcomes(layout, [memory.last])) return;
    settle(arriving, still.slice(0, AT_ONCE), here);
  }

  // The job, with its id and files, is saved before it is submitted: after a crash the same job is submitted, never a second one.
  function settle({ jobFor }: ArrivalFolder, files: readonly FileState[], here: readonly FileState[]) {
    const job = jobFor(files.map(({ path }) => path));
    const owners = new Set(files.map(({ uid }) => userName(uid)));
    const submittedBy = owners.size === 1 ? [...owners].join() : userName(process.getuid?.() ?? 0);
    const pending = {
      ...{ note: `arrived in ${folder}`, ...job, id: newId(job.type) },
      ...{ via: "hand" as const, submittedBy },
    };
    const there = new Set(here.map(({ name }) => name));
    const stillThere = Object.fromEntries(Object.entries(memory.files).filter(([name]) => there.has(name)));
    const taken = Object.fromEntries(files.map(({ name, key }) => [name, key]));
    remember({ folder, last: pending.id, pending, files: { ...stillThere, ...taken } });
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

// The files of a folder, and since when each has been as it is.
function createListing(folder: string, stillFor: number) {
  let before = new Map<string, FileState>();
  return { list, settled };

  function list(now: number): FileState[] {
    const ready = namesIn(folder).filter(name => !UNREADY.test(name));
    const here = ready.flatMap(name => fileState(name, now) ?? []);
    before = new Map(here.map(one => [one.name, one]));
    return here;
  }

  // An empty file has not been written yet.
  function fileState(name: string, now: number): FileState | undefined {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size === 0) return undefined;
    const key = `${stats.size} ${stats.mtimeMs}`;
    const last = before.get(name);
    return { path, name, key, uid: stats.uid, since: last?.key === key ? last.since : now };
  }

  function settled(name: string) {
    const found = fileState(name, Date.now() - stillFor);
    if (found && before.get(name)?.key !== found.key) before.set(name, found);
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
