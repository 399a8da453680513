import { once } from "node:events";
import { createWriteStream, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { readRecord } from "../../core/audit/records.ts";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { engineMarkShape } from "../../core/jobs/running.ts";
import { archivedRecord, layoutOf, runningFiles } from "../../core/store/layout.ts";
import { submitJob } from "../../core/store/submit.ts";
import { findShaped } from "../../core/system/json.ts";
import { startPortalProcess } from "../../laptop/portal-process.ts";
import { startWorkerProcess, workerReady } from "../../laptop/worker-process.ts";
import { judge, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * How much memory portal and worker take while a file of BENCH_MEGABYTES (2,000) goes through them: up in parts as a
 * browser sends it, then into a table. The engine is a process of its own and is told beside them.
 */
const MEGABYTES = Number(process.env.BENCH_MEGABYTES ?? 2000);
const PART = 16 * 1024 * 1024;
const bench = await benchStack();
const { settings } = bench;
const layout = layoutOf(settings.DATA_DIR);
process.env.UPLOAD_LIMIT_MB = String(MEGABYTES * 2);
const portal = await startPortalProcess(settings);
const worker = await startWorkerProcess(settings, output => output.resume());
try {
  await workerReady(worker, settings);
  const file = join(settings.DATA_DIR, "large.csv");
  await pipeline(Readable.from(records(MEGABYTES)), createWriteStream(file));
  const { size } = statSync(file);
  const idle = [peak(portal.child.pid), peak(worker.pid)];
  const seconds = await timed(() => send(file, size));
  console.log(`${Math.round(size / 1e6)} MB came in ${seconds.toFixed(1)} s, ${Math.round(size / 1e6 / seconds)} MB/s`);
  judge(`portal while it came (${idle[0]} MB before)`, peak(portal.child.pid), { atMost: 200 }, "MB");
  const id = newId("load-csv");
  const parameters = { file: "large.csv", table: "lake.bench_large.large", key: "id" };
  submitJob(layout, id, { type: "load-csv", parameters });
  let engine = 0;
  let record: JobRecord | undefined;
  const loading = await timed(async () => {
    while (!record) {
      await pause(200);
      const path = archivedRecord(layout, id);
      record = path ? readRecord(path) : undefined;
      const mark = findShaped(runningFiles(layout, id).engine, engineMarkShape);
      engine = Math.max(engine, peak(mark?.pid));
    }
  });
  console.log(
    `loaded in ${loading.toFixed(1)} s: ${record?.status} ${record?.error?.message ?? ""}, ${record?.tables[0]?.rows} rows; the engine took ${engine} MB`,
  );
  judge("portal in all", peak(portal.child.pid), { atMost: 200 }, "MB");
  judge(`worker in all (${idle[1]} MB before)`, peak(worker.pid), { atMost: 200 }, "MB");
} finally {
  for (const child of [portal.child, worker]) {
    child.kill("SIGTERM");
    await Promise.race([once(child, "exit"), pause(20_000)]);
  }
  const session = await bench.session();
  await session.command("drop table if exists lake.bench_large.large purge").catch(() => undefined);
  await session.command("drop namespace if exists lake.bench_large").catch(() => undefined);
  await bench.end();
}

/** Records of two kilobytes, each with a text that no other has. */
function* records(megabytes: number): Generator<string> {
  yield "id,text\n";
  const words = Array.from({ length: 400 }, (_, i) => (i * 2654435761).toString(36)).join(" ");
  for (let id = 0, bytes = 0; bytes < megabytes * 1e6; id++) {
    const record = `${id},"${words.slice(id % 997, (id % 997) + 1990)}\n${id}"\n`;
    bytes += record.length;
    yield record;
  }
}

/** The most memory that a process had so far, in MB. */
function peak(pid = 0): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

async function send(file: string, size: number): Promise<void> {
  const link = new URL(portal.link);
  const welcome = await fetch(link, { redirect: "manual" });
  const cookie = welcome.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const own = { cookie, "sec-fetch-site": "same-origin", "tus-resumable": "1.0.0" };
  const metadata = `filename ${Buffer.from("large.csv").toString("base64")}`;
  const created = await fetch(`${link.origin}/files/parts`, {
    method: "POST",
    headers: { ...own, "upload-length": String(size), "upload-metadata": metadata },
  });
  const place = new URL(created.headers.get("location") ?? "", `${link.origin}/files/parts`);
  const from = openSync(file, "r");
  const part = Buffer.alloc(PART);
  for (let offset = 0; offset < size; ) {
    const length = readSync(from, part, 0, PART, offset);
    const headers = { ...own, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
    const sent = await fetch(place, { method: "PATCH", headers, body: part.subarray(0, length) });
    if (sent.status !== 204) throw new Error(`The portal answered ${sent.status}: ${await sent.text()}`);
    offset += length;
  }
}
