import { parseArgs } from "node:util";
import { eventShape, ownPlan } from "../../core/jobs/events.ts";
import { countItems, EXIT } from "../../core/jobs/states.ts";
import {
  type EndedJob,
  listEnded,
  listQueued,
  listRunning,
  type QueuedJob,
  type RunningJob,
  waitingSince,
} from "../../core/store/jobs-on-disk.ts";
import { eventsFile, type Layout } from "../../core/store/layout.ts";
import { userName } from "../../core/store/origin.ts";
import { readLines } from "../../core/system/ndjson.ts";
import { isReadOnly, itemNounOf, titleOf } from "../../engines/runner/about.ts";
import { openProject } from "../failure.ts";
import { age, columns, printable, stateWord } from "../words.ts";

const SHOWN = 20;

/** `list [--all]`: what waits, runs and has ended, a line each; what only asks, such as a plan, with `--all`. */
export function printJobs(words: string[]): number {
  const { values } = parseArgs({ args: words, options: { all: { type: "boolean" } } });
  const shown = values.all ? Number.POSITIVE_INFINITY : SHOWN;
  const { layout } = openProject();
  const isWanted = (type: unknown) => values.all === true || !isReadOnly(type);
  const queued = listQueued(layout).filter(({ file }) => isWanted(file?.type));
  const running = listRunning(layout).filter(({ file }) => isWanted(file.type));
  const rows = [
    ...queued.slice(0, shown).map(queuedRow),
    ...running.map(job => runningRow(layout, job)),
    ...listEnded(layout, shown, ({ type }) => isWanted(type)).map(endedRow),
  ];
  const lines = columns(rows.map(([state = "", ...cells]) => [state, ...cells.map(printable)]));
  console.log(lines.length > 0 ? lines.join("\n") : nothingListed(layout));
  const more = queued.length - shown;
  if (more > 0) console.log(`and ${more} more queued: npm run job -- list --all`);
  return EXIT.succeeded;
}

function nothingListed(layout: Layout): string {
  const hint = listEnded(layout, 1).length > 0 ? "; plans and checks are listed with --all" : "";
  return `No job waits, runs or has ended yet${hint}.`;
}

function queuedRow(job: QueuedJob): string[] {
  const { id, name, file, retry } = job;
  const by = retry?.origin.submittedBy ?? file?.submittedBy ?? userName(job.stats.uid);
  const title = file ? titleOf(file.type, file.parameters) : "not a job file (yet)";
  return [stateWord("queued"), id ?? name, title, String(by), age(waitingSince(job)), tableCount(file?.parameters)];
}

function runningRow(layout: Layout, { id, claim, file }: RunningJob): string[] {
  const { ended, planned } = progressOf(layout, id);
  const tables =
    planned === undefined ? tableCount(file.parameters) : `${ended} of ${countItems(planned, itemNounOf(file.type))}`;
  const title = titleOf(file.type, file.parameters);
  return [stateWord("running"), id, title, claim.origin.submittedBy, age(claim.claimedAt), tables];
}

function endedRow({ record }: EndedJob): string[] {
  const { id, type, parameters, status, submittedBy, finishedAt, tables } = record;
  const good = tables.filter(table => table.outcome === "succeeded").length;
  const all = countItems(tables.length, itemNounOf(type));
  const count = good === tables.length ? all : `${good} of ${all}`;
  return [stateWord(status), id, titleOf(type, parameters), submittedBy, age(finishedAt), count];
}

// How many tables a running job has planned, and how many of them have ended.
function progressOf(layout: Layout, id: string): { ended: number; planned?: number } {
  const events = readLines(eventsFile(layout, id), eventShape);
  const planned = ownPlan(events)?.length;
  const ended = new Set(events.flatMap(event => (event.event === "table-ended" ? [event.table] : []))).size;
  return { ended, ...(planned !== undefined && { planned }) };
}

function tableCount(parameters: unknown): string {
  const tables = (parameters as { tables?: unknown } | undefined)?.tables;
  return Array.isArray(tables) ? countItems(tables.length) : tables === "*" ? "all tables" : "";
}
