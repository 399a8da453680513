import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

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

/** Makes the folders, and refuses a DATA_DIR that is spread over several disks: a claim is one rename. */
export function prepareLayout(layout: Layout): void {
  const folders = [layout.queue, layout.running, layout.cancel, layout.rejected, layout.logs, layout.archive];
  for (const folder of [...folders, layout.schedules]) mkdirSync(folder, { recursive: true, mode: 0o750 });
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
  return join(layout.logs, attempt === 1 ? `${id}.log` : `${id}.${attempt}.log`);
}

/** Where a job says what happens in it. */
export function eventsFile(layout: Layout, id: string): string {
  return join(layout.logs, `${id}.events.ndjson`);
}

/** The archived record of a job, whatever its month, if there is one. */
export function archivedRecord(layout: Layout, id: string): string | undefined {
  const months = readdirSync(layout.archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  return months.map(month => join(layout.archive, month, `${id}.json`)).find(path => existsSync(path));
}
