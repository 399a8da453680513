import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { appendAudit } from "../../core/audit/append-report.ts";
import { newId } from "../../core/jobs/id.ts";
import { readSettings } from "../../core/settings.ts";
import { reportFile } from "../../core/store/archive.ts";
import { layoutOf, prepareLayout, runningFiles } from "../../core/store/layout.ts";
import { submitJob } from "../../core/store/submit.ts";
import type { JobType } from "../../engines/engine.ts";
import { startWorker } from "../../worker/worker.ts";
import { judge, median, timed } from "../measuring/ratio.ts";

/*
 * What queue and worker add to a job, over starting its program: BENCH_JOBS jobs one after another, through a worker with
 * everything on (claim, log, archive with its hash, audit), against as many plain starts of the same program.
 */
const JOBS = Number(process.env.BENCH_JOBS ?? 200);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ENGINE = ["/bin/sh", join(import.meta.dirname, "engine.sh")];
const shape = z.strictObject({ n: z.number() });
const type: JobType = { type: "bench", lane: "copy", shape, title: () => "bench", writes: () => [] };
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "portal-bench-"));

async function starts(round: number): Promise<number> {
  const layout = layoutOf(join(folder, `plain-${round}`));
  mkdirSync(layout.running, { recursive: true });
  return await timed(async () => {
    for (let n = 0; n < JOBS; n++) {
      const [program = "", script = ""] = ENGINE;
      const { claim } = runningFiles(layout, String(n));
      await execa(program, [script, "--claim", claim], { stdio: "ignore", detached: true });
    }
  });
}

async function jobs(round: number): Promise<number> {
  const layout = layoutOf(join(folder, `worker-${round}`));
  prepareLayout(layout);
  const environment = { DATA_DIR: layout.root, MIN_FREE_MB: "1", WORKER_CONCURRENCY: "1" };
  const settings = readSettings(environment, "");
  for (let n = 0; n < JOBS; n++) {
    const job = { type: "bench", parameters: { n }, via: "command", submittedBy: "bench" } as const;
    submitJob(layout, newId("bench"), job);
  }
  let seconds = 0;
  const types = { bench: type };
  seconds = await timed(async () => {
    const worker = startWorker({ layout, settings, types, engineCommand: ENGINE, audit: appendAudit });
    await worker.idle();
    await worker.stop("leave");
  });
  const rows = readFileSync(reportFile(layout, "jobs"), "utf8").match(/,succeeded,/g)?.length;
  if (rows !== JOBS) throw new Error(`${rows} of ${JOBS} jobs succeeded`);
  return seconds;
}

try {
  const plain: number[] = [];
  const worked: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    plain.push(((await starts(round)) / JOBS) * 1000);
    const between = process.cpuUsage(before);
    worked.push(((await jobs(round)) / JOBS) * 1000);
    const all = process.cpuUsage(before);
    processor.push((all.user + all.system - 2 * (between.user + between.system)) / 1000 / JOBS);
    console.log(
      `  round ${round + 1}: start ${plain.at(-1)?.toFixed(2)} ms, through the worker ${worked.at(-1)?.toFixed(2)} ms`,
    );
  }
  const wall = median(worked.map((ms, i) => ms - (plain[i] ?? 0)));
  judge("queue and worker per job", wall, { atMost: 5 }, "ms");
  console.log(
    `of it processor time: ${median(processor).toFixed(2)} ms; the rest is waiting, for the disk most of all`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
