import { join } from "node:path";
import type { TestContext } from "node:test";
import { execa } from "execa";
import type { World } from "./world.ts";

/** A worker that runs as a process of its own. */
export interface WorkerProcess {
  pid: number;
  /** Everything that it has printed. */
  printed(): string;
  /** Resolves when it has printed something. */
  prints(what: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<{ exitCode?: number | undefined; signal?: string | undefined }>;
}

/** Starts a worker process for a world; it ends with the test. */
export function startProcess(t: TestContext, world: World): WorkerProcess {
  const child = execa(process.execPath, [join(import.meta.dirname, "process.ts")], {
    env: { DATA_DIR: world.layout.root, MIN_FREE_MB: "1", WORKER_CONCURRENCY: "4" },
    reject: false,
    buffer: false,
  });
  let text = "";
  const waiting: { what: RegExp; resolve: () => void }[] = [];
  child.stdout.on("data", data => {
    text += data;
    for (const { what, resolve } of waiting) if (what.test(text)) resolve();
  });
  child.stderr.on("data", data => {
    text += data;
  });
  t.after(async () => {
    child.kill("SIGKILL");
    await child;
  });
  return {
    pid: child.pid!,
    printed: () => text,
    async prints(what) {
      if (what.test(text)) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ what, resolve });
      await promise;
    },
    kill: signal => child.kill(signal),
    ended: child.then(({ exitCode, signal }) => ({ exitCode, signal })),
  };
}
