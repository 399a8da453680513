import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";
import { reportFile } from "../../core/store/archive.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { judge } from "../measuring/ratio.ts";
import { archiveMore } from "./archive/records.ts";
import { CROWDED, pagesOf } from "./pages/list.ts";

/*
 * npm run bench -- portal-pages <folder> [seconds] [--only=part of a path] [--alone]
 * How fast the portal answers about the archive that bench/portal/portal-archive.ts made in a folder: every page that reads it,
 * asked for a hundred times and after each of five new jobs. Then, without --alone, the most used ones by 20 people at once,
 * and how much memory it takes; beside each page the machine's own floor: the same number of bytes from a bare route.
 */
const CONNECTIONS = 20;
const TIMES = Number(process.env.BENCH_TIMES ?? 100);
const NEW = 5;
// The portal looks for new jobs no oftener than this.
const FRESH = 450;
const [folder, seconds = "10"] = process.argv.slice(2).filter(argument => !argument.startsWith("--"));
if (!folder || !existsSync(reportFile(layoutOf(folder), "jobs")))
  throw new Error("Make an archive first: npm run bench -- portal-archive <folder>");
const layout = layoutOf(folder);
const only = process.argv.find(argument => argument.startsWith("--only="))?.slice("--only=".length) ?? "";
interface Measured {
  requests: { average: number; total: number };
  /** Requests with those of the warm-up. */
  asked: number;
  latency: { p50: number; p99: number; max: number };
  non2xx: number;
  errors: number;
}

const portal = await start("server/main.ts", { DATA_DIR: resolve(folder), PORTAL_PORT: String(await freePort()) });
const origin = new URL(portal.link).origin;
const cookie = await logIn(portal.link);
await settled();
console.log(`the portal takes ${megabytes("VmRSS")} MB before the first page`);
const slow = await askAlone(pagesOf(layout).filter(path => path.includes(only)));
judge("\npages over 50 ms at p99, or over 50 ms of the processor after a new job", slow, { atMost: 0 }, "pages");
for (const path of process.argv.includes("--alone") ? [] : CROWDED.filter(path => path.includes(only))) {
  const body = await (await fetch(origin + path, { headers: { cookie } })).arrayBuffer();
  const before = cpuMilliseconds();
  const measured = await measure(origin + path, cookie);
  const cpu = (cpuMilliseconds() - before) / measured.asked;
  const bare = await start("bench/portal/pages/floor.ts", {}, body.byteLength);
  const floor = await measure(bare.link, cookie);
  bare.child.kill();
  console.log(`\n${path}, ${(body.byteLength / 1000).toFixed(0)} KB`);
  for (const [name, { requests, latency, non2xx, errors }] of Object.entries({ portal: measured, floor })) {
    const wrong = non2xx + errors > 0 ? `, ${non2xx + errors} WRONG` : "";
    const { p50, p99, max } = latency;
    console.log(`  ${name}: p50 ${p50} ms, p99 ${p99} ms, longest ${max} ms, ${requests.average} a second${wrong}`);
  }
  console.log(`  portal: ${cpu.toFixed(2)} ms of CPU a request, whatever else the machine does`);
  judge("  p99 at 20 connections", measured.latency.p99, { atMost: 50 }, "ms");
  judge("  memory of the portal", megabytes("VmRSS"), { atMost: 200 }, "MB");
}
judge("\nmost memory that it ever took", megabytes("VmHWM"), { atMost: 200 }, "MB");
portal.child.kill("SIGTERM");

// How many pages took longer than 50 ms: on the clock for the slowest of a hundred, of the processor for one that is made anew.
async function askAlone(pages: readonly string[]): Promise<number> {
  let slow = 0;
  for (const path of pages) {
    const statuses = new Set<number>();
    const ask = async () => {
      const [began, before] = [performance.now(), cpuMilliseconds()];
      const response = await fetch(origin + path, { headers: { cookie }, redirect: "manual" });
      await response.arrayBuffer();
      statuses.add(response.status);
      return { took: performance.now() - began, cpu: cpuMilliseconds() - before };
    };
    const fresh: Awaited<ReturnType<typeof ask>>[] = [];
    for (let i = 0; i < NEW; i++) {
      archiveMore(layout, 1);
      await new Promise(resolve => setTimeout(resolve, FRESH));
      fresh.push(await ask());
    }
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) times.push((await ask()).took);
    times.sort((a, b) => a - b);
    const [p50, p99, worst] = [
      times[Math.floor(TIMES / 2)]!,
      times[Math.ceil(TIMES * 0.99) - 1]!,
      Math.max(...fresh.map(({ took }) => took)),
    ];
    const cpu = fresh.map(one => one.cpu).sort((a, b) => a - b)[Math.floor(NEW / 2)]!;
    const isSlow = p99 > 50 || cpu > 50;
    if (isSlow) slow += 1;
    const figures = [p50, p99, worst].map(time => time.toFixed(1));
    console.log(
      `${path} ${[...statuses].join(" ")}: p50 ${figures[0]} ms, p99 ${figures[1]} ms, after a new job ${figures[2]} ms (${cpu} ms of CPU)${isSlow ? " SLOW" : ""}`,
    );
  }
  return slow;
}

async function start(program: string, environment: Record<string, string>, message?: number) {
  const env = { ...process.env, SPARK_REMOTE: "sc://127.0.0.1:1", LAPTOP_DIR: "/nonexistent", ...environment };
  const started = execa(process.execPath, ["--max-semi-space-size=4", "--optimize-for-size", join(PROJECT, program)], {
    ...{ env, ipc: true, buffer: false, reject: false },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const answer = started.getOneMessage();
  if (message !== undefined) await started.sendMessage(message);
  const { link } = (await answer) as { link: string };
  return { child: started.nodeChildProcess, link };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function logIn(link: string): Promise<string> {
  const response = await fetch(link, { redirect: "manual" });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

// At its start the portal compares the archive with its index: that is not what is measured.
async function settled(): Promise<void> {
  const isBusy = async () =>
    (await fetch(`${origin}/audit.csv?from=2000-01-01&to=2000-01-01`, { headers: { cookie } })).status === 503;
  while (await isBusy()) await new Promise(resolve => setTimeout(resolve, 500));
}

async function measure(url: string, cookie: string): Promise<Measured> {
  const autocannon = join(PROJECT, "node_modules", "autocannon", "autocannon.js");
  const run = (duration: string) =>
    execa(process.execPath, [
      autocannon,
      "--json",
      "-c",
      String(CONNECTIONS),
      "-d",
      duration,
      "-H",
      `cookie=${cookie}`,
      url,
    ]);
  const warm = JSON.parse((await run("2")).stdout) as Measured;
  const measured = JSON.parse((await run(seconds)).stdout) as Measured;
  return { ...measured, asked: warm.requests.total + measured.requests.total };
}

// Linux counts the time of a process in hundredths of a second: fields 14 and 15.
function cpuMilliseconds(): number {
  const fields = readFileSync(`/proc/${portal.child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function megabytes(figure: "VmRSS" | "VmHWM"): number {
  const [, kilobytes] =
    new RegExp(`${figure}:\\s+(\\d+)`).exec(readFileSync(`/proc/${portal.child.pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
