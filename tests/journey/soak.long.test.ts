import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { isId } from "../../core/jobs/id.ts";
import { PROJECT } from "../../core/settings.ts";
import { reportFile } from "../../core/store/archive.ts";
import { type Layout, layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { stemOf } from "../../core/store/names.ts";
import { PORTAL_FLAGS } from "../../laptop/portal-process.ts";
import { freePort } from "../../laptop/ports.ts";

const JOBS = Number(process.env.SOAK_JOBS ?? 10_000);
// Measured: 4 to 43 in the worker, up to 100 in the portal, whose caches fill slowly. A note of each job would be more.
const BYTES_PER_JOB = { worker: 110, portal: 200 };
// By turns few and many at once: above fifty the watch of queue/ rests, and begins anew.
const BURSTS = [20, 80, 100];
const PAGES = ["/", "/jobs", "/jobs?state=failed", "/audit", "/audit?view=tables", "/doctor", "/api/jobs", "/metrics"];

interface Memory {
  heapUsed: number;
  external: number;
  rss: number;
  files: number;
}

test(`${JOBS} jobs leave nothing behind in the memory and the open files of worker and portal`, async t => {
  const root = mkdtempSync(join(tmpdir(), "portal-soak-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const layout = layoutOf(root);
  prepareLayout(layout);
  const worker = start("tests/journey/soak/worker.ts", { WORKER_CONCURRENCY: "4" });
  const portal = start("server/main.ts", { PORTAL_PORT: String(await freePort(0)) }, PORTAL_FLAGS);
  const { link } = (await portal.child.getOneMessage()) as { link: string };
  const { origin } = new URL(link);
  const cookie = (await fetch(link, { redirect: "manual" })).headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const headers = { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" };
  const measured: { jobs: number; worker: Memory; portal: Memory }[] = [];
  let jobs = 0;
  for (let burst = 0; jobs < JOBS; burst++) {
    const size = Math.min(BURSTS[burst % BURSTS.length] ?? 1, JOBS - jobs);
    for (let i = 0; i < size; i++) await submit();
    await visit(PAGES[burst % PAGES.length] ?? "/");
    jobs += size;
    while (!isIdle(layout)) await pause(20);
    if (jobs % (JOBS / 5) !== 0) continue;
    // The portal keeps a page that it has made for five seconds.
    await pause(6_000);
    const now = { jobs, worker: await worker.memory(), portal: await portal.memory() };
    measured.push(now);
    t.diagnostic(`after ${jobs} jobs: worker ${words(now.worker)}; portal ${words(now.portal)}`);
  }
  const rows = readFileSync(reportFile(layout, "jobs"), "utf8").match(/,succeeded,/g);
  assert.equal(rows?.length, JOBS);
  // What is compiled and cached comes with the first fifth; two fifths later it is all there.
  const [, before, , , after] = measured;
  assert.ok(before && after);
  for (const name of ["worker", "portal"] as const) {
    const grown = (held(after[name]) - held(before[name])) / (after.jobs - before.jobs);
    t.diagnostic(`${name}: ${grown.toFixed(0)} bytes a job`);
    assert.ok(grown <= BYTES_PER_JOB[name], `the ${name} holds ${grown.toFixed(0)} bytes more after each job`);
    assert.ok(after[name].files <= before[name].files + 3, `${after[name].files} files are open in the ${name}`);
  }

  function start(program: string, environment: Record<string, string>, flags: readonly string[] = []) {
    const preload = `--import=${join(import.meta.dirname, "soak", "memory.mjs")}`;
    const child = execa(process.execPath, ["--expose-gc", ...flags, preload, join(PROJECT, program)], {
      ...{ reject: false, buffer: false, ipc: true, stdio: ["ignore", "ignore", "inherit"] },
      env: {
        ...{ DATA_DIR: root, LAPTOP_DIR: join(root, ".laptop"), SPARK_REMOTE: "sc://127.0.0.1:1", MIN_FREE_MB: "1" },
        ...environment,
      },
    });
    t.after(async () => {
      child.kill("SIGKILL");
      await child;
    });
    const memory = async () => {
      await child.sendMessage("memory");
      return (await child.getOneMessage()) as unknown as Memory;
    };
    return { child, memory };
  }

  async function submit() {
    const body = JSON.stringify({ type: "export-audit", parameters: {}, note: "soak" });
    const response = await fetch(`${origin}/api/jobs`, { method: "POST", headers, body });
    assert.equal(response.status, 201, await response.text());
  }

  async function visit(path: string) {
    const response = await fetch(origin + path, { headers });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.text()}`);
  }
});

// The last of a job that goes is its file in running/.
function isIdle({ queue, running }: Layout): boolean {
  return [queue, running].every(folder => !readdirSync(folder).some(name => isId(stemOf(name))));
}

function held({ heapUsed, external }: Memory): number {
  return heapUsed + external;
}

function words({ heapUsed, external, rss, files }: Memory): string {
  const mega = (bytes: number) => (bytes / 1e6).toFixed(2);
  return `${mega(heapUsed)} MB and ${mega(external)} MB outside of the heap (${mega(rss)} resident), ${files} files`;
}
