import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { JobEvent } from "../../core/jobs/events.ts";
import { eventShape } from "../../core/jobs/events.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { EngineMark } from "../../core/jobs/running.ts";
import { PROJECT } from "../../core/settings.ts";
import { archivedRecord, eventsFile, type Layout, layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { readJson } from "../../core/system/json.ts";
import { readLines } from "../../core/system/ndjson.ts";

/** A data folder of its own, with real workers on it. */
export interface World {
  layout: Layout;
  startWorker(environment?: Record<string, string>): ChildProcess;
  drop(name: string, job: object): void;
  /** The record of the one job that was dropped under this name, or of an id. */
  record(name: string): Promise<JobRecord>;
  /** The id that a dropped file was given, once it runs. */
  runningId(): Promise<string>;
  engine(id: string): EngineMark | undefined;
  events(id: string): JobEvent[];
  until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T>;
  /** All that was written below the data folder, as text. */
  everything(): string;
}

/** Makes a world that ends with its test: workers and engines are killed, the folder goes. */
export function newWorld(t: { after(end: () => void | Promise<void>): void }): World {
  const root = mkdtempSync(join(tmpdir(), "portal-world-"));
  const layout = layoutOf(root);
  prepareLayout(layout);
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const file of readdirSync(layout.running).filter(name => name.endsWith(".engine.json"))) {
      const mark = readJson<EngineMark>(join(layout.running, file));
      try {
        if (mark) process.kill(-mark.pid, "SIGKILL");
      } catch {
        // It had ended by itself.
      }
    }
    await pause(100);
    rmSync(root, { recursive: true, force: true });
  });

  const world: World = {
    layout,
    startWorker(environment = {}) {
      const child = spawn(process.execPath, ["worker/main.ts"], {
        cwd: PROJECT,
        env: { ...process.env, DATA_DIR: root, MIN_FREE_MB: "1", ...environment },
        stdio: process.env.SHOW ? ["ignore", "inherit", "inherit"] : "ignore",
      });
      children.push(child);
      return child;
    },
    drop: (name, job) => writeFileSync(join(layout.queue, name), JSON.stringify(job)),
    record: name =>
      world.until(`the record of ${name}`, () => {
        const path = archivedRecord(layout, name);
        if (path) return readJson<JobRecord>(path);
        const files = readdirSync(layout.archive, { recursive: true, encoding: "utf8" }).filter(file =>
          /\d{4}-\d{2}\/.*\.json$/.test(file),
        );
        return files.map(file => readJson<JobRecord>(join(layout.archive, file))).find(record => record?.file === name);
      }),
    runningId: () =>
      world.until("a running job", () => {
        const claim = readdirSync(layout.running).find(name => name.endsWith(".engine.json"));
        return claim?.replace(".engine.json", "");
      }),
    engine: id => readJson<EngineMark>(join(layout.running, `${id}.engine.json`)),
    events: id => readLines(eventsFile(layout, id), eventShape),
    async until(what, look) {
      for (let tries = 0; tries < 1800; tries++) {
        const found = await look();
        if (found) return found;
        await pause(100);
      }
      throw new Error(`waited in vain for ${what}\n${world.everything().slice(-9000)}`);
    },
    everything() {
      const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
        entry => entry.isFile() && !entry.name.startsWith("."),
      );
      return files.map(entry => `${entry.name}\n${contentOf(join(entry.parentPath, entry.name))}`).join("\n");
    },
  };
  return world;
}

// A job's files are cleared away once its record is in the archive, and may go between the list and the look.
function contentOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
