import { relative } from "node:path";
import { eventShape, type JobEvent, ownPlan, type PlannedStep } from "../../core/jobs/events.ts";
import type { Attempt, JobRecord } from "../../core/jobs/record.ts";
import type { ItemNoun } from "../../core/jobs/states.ts";
import { type EndedJob, findJob } from "../../core/store/jobs-on-disk.ts";
import { eventsFile, type Layout, logFile } from "../../core/store/layout.ts";
import { proofsBeside } from "../../core/store/names.ts";
import { isStored } from "../../core/store/packed.ts";
import { readLines } from "../../core/system/ndjson.ts";
import { itemNounOf, titleOf } from "../../engines/runner/about.ts";
import { fromTo, outcomeLine } from "../../engines/runner/lines.ts";
import { duration, verdictText } from "../words.ts";

/** A job of the archive in lines: its verdict first, then tables, attempts, place in the chain, proofs and logs. */
export function showEnded(layout: Layout, { record, path }: EndedJob): string[] {
  const { submittedBy, via, submittedAt, startedAt, finishedAt, note, file, tables, attempts } = record;
  return [
    verdictText(record),
    titleOf(record.type, record.parameters),
    `submitted by ${submittedBy} (${via}${file ? `, ${file}` : ""}) at ${submittedAt}`,
    `waited ${between(submittedAt, startedAt)}, ran ${between(startedAt, finishedAt)}, ended at ${finishedAt}`,
    ...(note ? [`note: ${note}`] : []),
    ...section(
      itemNounOf(record.type)[1],
      tables.map(table => `${fromTo(table)}: ${outcomeLine(table)}`),
    ),
    ...section("attempts", attempts.length > 1 || record.error ? attempts.map(attemptLine) : []),
    ...section("chain", chain(layout, record)),
    ...section("proofs", proofs(layout, record, path)),
    `record: ${relative(layout.root, path)}`,
    ...logs(layout, record),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map(line => `  ${line}`)];
}

function attemptLine({ attempt, startedAt, finishedAt, exitCode, signal, error }: Attempt, i: number): string {
  const end = signal ? `ended by ${signal}` : exitCode === null ? "crashed" : `exit code ${exitCode}`;
  const why = error ? `: ${error.message}` : "";
  return `${attempt ?? i + 1}. ${startedAt}, ${between(startedAt, finishedAt)}, ${end}${why}`;
}

function chain(layout: Layout, { parent, retryOf, followUps, then }: JobRecord): string[] {
  const state = (id: string) => {
    const found = findJob(layout, id);
    return found?.state === "ended" ? found.record.status : (found?.state ?? "not there");
  };
  const types = (then ?? []).map(next => (next as { type?: string }).type).join(", ");
  return [
    ...(parent ? [`follows ${parent} (${state(parent)})`] : []),
    ...(retryOf ? [`retry of ${retryOf} (${state(retryOf)})`] : []),
    ...followUps.map(id => `followed by ${id} (${state(id)})`),
    ...(then?.length && followUps.length === 0 ? [`no follow-up was made for: ${types}`] : []),
  ];
}

function proofs(layout: Layout, { tables }: JobRecord, path: string): string[] {
  const verdicts = tables.flatMap(table => table.proof?.verdict ?? []);
  const counts = [...new Set(verdicts)].map(found => `${verdicts.filter(other => other === found).length} ${found}`);
  const file = proofsBeside(path);
  return counts.length === 0 ? [] : [counts.join(", "), ...(isStored(file) ? [relative(layout.root, file)] : [])];
}

function logs(layout: Layout, { id, attempts }: JobRecord): string[] {
  const last = attempts.at(-1)?.attempt ?? attempts.length;
  const paths = Array.from({ length: last }, (_, i) => logFile(layout, id, i + 1));
  return paths.map(path => `log: ${relative(layout.root, path)}${isStored(path) ? "" : " (gone)"}`);
}

function between(from: string, to: string): string {
  return duration(Date.parse(to) - Date.parse(from));
}

/** The tables of a running job, a line each: what came of it, how far it is, or that it waits. */
export function progressLines(layout: Layout, id: string, [, many]: ItemNoun): string[] {
  const events = readLines(eventsFile(layout, id), eventShape);
  const steps = ownPlan(events);
  if (!steps) return ["it is being planned"];
  const last = new Map<string, JobEvent>();
  for (const event of events)
    if ("table" in event && event.table && event.event !== "note") last.set(event.table, event);
  return [`${many}:`, ...steps.map(step => `  ${stepLine(step, last.get(step.table))}`)];
}

function stepLine(step: PlannedStep, event: JobEvent | undefined): string {
  const name = fromTo(step);
  if (event?.event === "table-ended") return `${name}: ${outcomeLine(event.outcome)}`;
  if (event?.event === "progress" && event.total)
    return `${name}: ${event.step} ${event.done ?? 0} of ${event.total} tasks`;
  if (event?.event === "progress") return `${name}: ${event.step}`;
  return event ? `${name}: at work` : `${name}: waits`;
}
