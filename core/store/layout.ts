import { existsSync, mkdirSync, readdirSync, statfsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { closeFolder } from "../system/private.ts";
import { markFormat } from "./format.ts";
import {
  type BesideLog,
  besideLogName,
  eventsName,
  isJsonName,
  isMonth,
  jsonName,
  logName,
  reasonName,
} from "./names.ts";
import { packedRecord } from "./packed.ts";

/** Where everything of one DATA_DIR lies. The names are a contract with the people who `ls` it. */
export interface Layout {
  root: string;
  queue: string;
  running: string;
  cancel: string;
  rejected: string;
  logs: string;
  archive: string;
  schedules: string;
  heartbeat: string;
  lock: string;
}

/** The layout below `root`. */
export function layoutOf(root: string): Layout {
  const queue = join(root, "queue");
  return {
    root,
    queue,
    running: join(queue, "running"),
    cancel: join(queue, "cancel"),
    rejected: join(queue, "rejected"),
    logs: join(root, "logs"),
    archive: join(root, "archive"),
    schedules: join(root, "schedules"),
    heartbeat: join(queue, "worker.json"),
    lock: join(queue, ".worker.lock"),
  };
}

/** Makes the folders, closes them to other users, and refuses a DATA_DIR that is spread over several disks: a claim is one rename. */
export function prepareLayout(layout: Layout): void {
  const folders = [layout.queue, layout.running, layout.cancel, layout.rejected, layout.logs, layout.archive];
  for (const folder of [...folders, layout.schedules]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeFolder(folder);
  }
  markFormat(layout.root);
  const devices = new Set(folders.map(folder => statSync(folder).dev));
  if (devices.size > 1)
    throw new Error(`queue/, logs/ and archive/ in ${layout.root} lie on different disks: put them on one.`);
}

/** The files of one running job. `proofs` and `retry` stay while the job waits for its next attempt. */
export function runningFiles(layout: Layout, id: string) {
  const at = (ending: string) => join(layout.running, `${id}.${ending}`);
  return {
    job: at("json"),
    claim: at("claim.json"),
    engine: at("engine.json"),
    result: at("result.json"),
    retry: at("retry.json"),
    proofs: at("proofs.ndjson"),
  };
}

/** The log of one attempt: `<id>.log`, then `<id>.2.log`, … */
export function logFile(layout: Layout, id: string, attempt: number): string {
  return join(layout.logs, logName(id, attempt));
}

/** Where a job says what happens in it. */
export function eventsFile(layout: Layout, id: string): string {
  return join(layout.logs, eventsName(id));
}

/** What some jobs keep beside their log. */
export function besideLogFile({ logs }: Pick<Layout, "logs">, id: string, kind: BesideLog): string {
  return join(logs, besideLogName(id, kind));
}

/** Where a job of this id waits, unless its file was dropped under another name. */
export function queuedFile({ queue }: Pick<Layout, "queue">, id: string): string {
  return join(queue, jsonName(id));
}

/** Whether a name in queue/ can be that of a job: not hidden, and not the heartbeat. */
export function isQueuedName({ heartbeat }: Pick<Layout, "heartbeat">, name: string): boolean {
  return isJsonName(name) && name !== basename(heartbeat);
}

/** Where it says why a file was rejected. */
export function reasonFile({ rejected }: Pick<Layout, "rejected">, name: string): string {
  return join(rejected, reasonName(name));
}

/** What is locked while a namespace is created. */
export function namespacesLock({ queue }: Pick<Layout, "queue">): string {
  return join(queue, ".namespaces.lock");
}

/** The archived record of a job, whatever its month, if there is one. */
export function archivedRecord(layout: Layout, id: string): string | undefined {
  const months = readdirSync(layout.archive).filter(isMonth);
  const loose = months.map(month => join(layout.archive, month, jsonName(id))).find(path => existsSync(path));
  return loose ?? packedRecord(layout, id);
}

/** Free space for an ordinary user on the disk of a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
