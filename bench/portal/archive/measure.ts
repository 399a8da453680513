import { rmSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { listJobs } from "../../../core/audit/index/jobs.ts";
import { type ArchiveIndex, cursorOf, type JobQuery, openIndex } from "../../../core/audit/index/open.ts";
import { readPace } from "../../../core/audit/index/paces.ts";
import { jobScanner } from "../../../core/audit/index/scan.ts";
import { openStore } from "../../../core/audit/index/store.ts";
import { countJobs, sumDays, sumJobs } from "../../../core/audit/index/sums.ts";
import { indexFile } from "../../../core/store/archive.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { openRecordChain } from "../../../worker/finish/record-chain.ts";
import { archiveMore } from "./records.ts";

const NEW = 50;

/** Makes the index of an archive anew, and says what that, an increment, and queries cost. */
export async function measure(layout: Layout): Promise<void> {
  for (const ending of ["", "-wal", "-shm"]) rmSync(`${indexFile(layout)}${ending}`, { force: true });
  const index = openIndex(layout);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const made = await timed(() => index.reconcile());
  loop.disable();
  console.log(`\n${index.count({}, 0).jobs} jobs`);
  line(
    "index made anew",
    `${(made / 1000).toFixed(1)} s, the event loop late by ${ms(loop.percentile(99) / 1e6)} at p99`,
  );
  line("compared again, nothing new", ms(await timed(() => index.reconcile())));
  const increments: number[] = [];
  const cpu: number[] = [];
  const appends: number[] = [];
  for (let i = 0; i < 5; i++) {
    appends.push(...archiveMore(layout, NEW));
    const before = process.cpuUsage();
    increments.push(await timed(() => index.refresh()));
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  line(`increment of ${NEW} jobs`, `p50 ${ms(middleOf(increments))}, of the processor ${ms(middleOf(cpu))}`);
  line("a job's rows in the reports", `p50 ${ms(middleOf(appends))}, longest ${ms(Math.max(...appends))}`);
  line("refresh, nothing new", await spread(() => index.refresh()));
  const start = await timed(() => openRecordChain(layout));
  line("a worker finds the newest record at its start", `${ms(start)} (goal of its whole start: 5 s)`);
  await measureQueries(layout, index);
  line("memory of this process", `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  index.close();
}

// Without the memory of answers: what each costs when something has changed.
async function measureQueries(layout: Layout, index: ArchiveIndex): Promise<void> {
  const store = openStore(layout);
  line("floor: select count(*)", await spread(() => store.get("select count(*) from jobs")));
  const middle = store.get<{ row: string }>("select row from details order by key limit 1 offset 5000")!;
  const names = store.all<{ name: string }>("select name from names where name like 'hive.sales.%' limit 2000");
  const deep = { before: cursorOf(JSON.parse(middle.row)) };
  const forgetful = <T>(_name: string, _query: object, answer: () => T) => answer();
  const queries: [string, JobQuery][] = [
    ["all", {}],
    ["far down", deep],
    ["failed", { status: "failed" }],
    ["a person's, of a type", { person: "björn", type: "ingest-hive" }],
    ["of a month", { from: "2026-03-01", to: "2026-03-31" }],
    ["a table", { table: "hive.sales.orders_2005" }],
    ["a rare text", { text: "orders_2005" }],
    ["a common text", { text: "sales" }],
    ["a person's with a common text", { text: "sales", person: "björn" }],
    ["nothing", { text: "nowhere to be found" }],
  ];
  for (const [name, query] of queries) {
    line(
      `first page and count: ${name}`,
      await spread(() => [listJobs(store, query), countJobs(store, query, 10_000)]),
    );
    // A scan keeps its sums, so each has one of its own. What it takes is no time that others wait.
    const scan = () => jobScanner(store, () => 1);
    line(`totals: ${name}`, await spread(() => sumJobs(store, query, scan(), forgetful), 20));
    line(`days: ${name}`, await spread(() => sumDays(store, query, scan(), forgetful), 20));
    line(`tables: ${name}`, await spread(() => index.tables(query)));
  }
  const sources = names.map(({ name }) => name);
  line(`last success of ${sources.length} tables`, await spread(() => index.lastBySource(sources)));
  const kind = { type: "ingest-hive", from: "hive", to: "lake", way: "copy current read-back " };
  line("pace of a kind", await spread(() => readPace(store, kind, 4)));
  store.close();
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function spread(work: () => unknown, rounds = 120): Promise<string> {
  const all: number[] = [];
  for (let i = 0; i < rounds; i++) all.push(await timed(work));
  const times = all.slice(rounds / 6).sort((a, b) => a - b);
  return `p50 ${ms(times[Math.floor(times.length / 2)]!)}, p99 ${ms(times[Math.ceil(times.length * 0.99) - 1]!)}`;
}

function middleOf(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(2)} ms`;
}

function line(name: string, figures: string): void {
  console.log(`  ${name.padEnd(50)} ${figures}`);
}
