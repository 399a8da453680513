import { parseArgs } from "node:util";
import { onlyAsks, thingOf, titleOf } from "../engines/about.ts";
import {
  type EndedJob,
  listEnded,
  listQueued,
  listRunning,
  type QueuedJob,
  type RunningJob,
  since,
} from "../files/jobs-on-disk.ts";
import { eventsFile, type Layout } from "../files/layout.ts";
import { readLines } from "../files/ndjson.ts";
import { type JobEvent, ownPlan } from "../jobs/events.ts";
import { EXIT } from "../jobs/states.ts";
import { counted } from "../jobs/thing.ts";
import { userName } from "../worker/origin.ts";
import { columns } from "./columns.ts";
import { openProject } from "./open.ts";
import { age, plain, stateWord } from "./words.ts";

const SHOWN = 20;

/** `list [--all]`: what waits, runs and has ended, a line each; what only asks, such as a plan, with `--all`. */
export function list(words: string[]): number {
  const { values } = parseArgs({ args: words, options: { all: { type: "boolean" } } });
  const shown = values.all ? Number.POSITIVE_INFINITY : SHOWN;
  const { layout } = openProject();
  const isWanted = (type: unknown) => values.all === true || !onlyAsks(type);
  const queued = listQueued(layout).filter(({ file }) => isWanted(file?.type));
  const running = listRunning(layout).filter(({ file }) => isWanted(file.type));
  const rows = [
    ...queued.slice(0, shown).map(queuedRow),
    ...running.map(job => runningRow(layout, job)),
    ...listEnded(layout, shown, ({ type }) => isWanted(type)).map(endedRow),
  ];
  const lines = columns(rows.map(([state = "", ...cells]) => [state, ...cells.map(plain)]));
  console.log(lines.length > 0 ? lines.join("\n") : nothingListed(layout));
  const more = queued.length - shown;
  if (more > 0) console.log(`and ${more} more queued: npm run job -- list --all`);
  return EXIT.succeeded;
}

function nothingListed(layout: Layout): string {
  const asks = listEnded(layout, 1).length > 0 ? "; plans and checks are listed with --all" : "";
  return `No job waits, runs or has ended yet${asks}.`;
}

function queuedRow(job: QueuedJob): string[] {
  const { id, name, file, retry } = job;
  const by = retry?.origin.submittedBy ?? file?.submittedBy ?? userName(job.stats.uid);
  const title = file ? titleOf(file.type, file.parameters) : "not a job file (yet)";
  return [stateWord("queued"), id ?? name, title, String(by), age(since(job)), asked(file?.parameters)];
}

function runningRow(layout: Layout, { id, claim, file }: RunningJob): string[] {
  const { ended, planned } = progressOf(layout, id);
  const tables = planned === undefined ? asked(file.parameters) : `${ended} of ${counted(planned, thingOf(file.type))}`;
  const title = titleOf(file.type, file.parameters);
  return [stateWord("running"), id, title, claim.origin.submittedBy, age(claim.claimedAt), tables];
}

function endedRow({ record }: EndedJob): string[] {
  const { id, type, parameters, status, submittedBy, finishedAt, tables } = record;
  const good = tables.filter(table => table.outcome === "succeeded").length;
  const all = counted(tables.length, thingOf(type));
  const count = good === tables.length ? all : `${good} of ${all}`;
  return [stateWord(status), id, titleOf(type, parameters), submittedBy, age(finishedAt), count];
}

// How many tables a running job has planned, and how many of them have ended.
function progressOf(layout: Layout, id: string): { ended: number; planned?: number } {
  const events = readLines<JobEvent>(eventsFile(layout, id));
  const planned = ownPlan(events)?.length;
  const ended = new Set(events.flatMap(event => (event.event === "table-ended" ? [event.table] : []))).size;
  return { ended, ...(planned !== undefined && { planned }) };
}

function asked(parameters: unknown): string {
  const tables = (parameters as { tables?: unknown } | undefined)?.tables;
  return Array.isArray(tables) ? counted(tables.length) : tables === "*" ? "all tables" : "";
}
