import type { JobFile } from "../../../core/jobs/envelope.ts";
import { eventShape } from "../../../core/jobs/events.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { progressOf, type TableProgress } from "../../../core/jobs/progress.ts";
import { listQueued, listRunning } from "../../../core/store/jobs-on-disk.ts";
import { eventsFile, type Layout } from "../../../core/store/layout.ts";
import { readLines } from "../../../core/system/ndjson.ts";
import type { Portal } from "../../portal/page.ts";
import { runScript } from "../parameters.ts";
import type { ScriptHistory } from "./statuses.ts";

/** What is known of scripts by their paths: from the archive, and from jobs that wait or run. No list of our own is kept. */
export function historyOf(
  { layout, index }: Pick<Portal, "layout" | "index">,
  paths: readonly string[],
): Map<string, ScriptHistory> {
  index.refresh();
  const found = new Map<string, ScriptHistory>();
  for (const [path, last] of index.lastBySource(paths, runScript.type, "any"))
    found.set(path, { last: lastOf(last.id, last.finishedAt, last) });
  for (const { job, state, parts } of underWay(layout))
    for (const [path, part] of parts) {
      const before = found.get(path)?.last;
      const last = part?.outcome ? lastOf(job, endOf(part), part.outcome) : before;
      const now = nowOf(state, part);
      found.set(path, { ...(last && { last }), ...(now && { now: { job, state: now } }) });
    }
  return found;
}

interface UnderWay {
  job: string;
  state: "queued" | "running";
  parts: [path: string, part: TableProgress | undefined][];
}

function underWay(layout: Layout): UnderWay[] {
  const jobs = [
    ...listQueued(layout).map(({ id, name, file }) => ({ job: id ?? name, file, state: "queued" as const })),
    ...listRunning(layout).map(({ id, file }) => ({ job: id, file, state: "running" as const })),
  ];
  return jobs.flatMap(({ job, file, state }) => {
    const paths = pathsOf(file);
    if (paths.length === 0) return [];
    const { tables } = progressOf(readLines(eventsFile(layout, job), eventShape));
    return [{ job, state, parts: paths.map(path => [path, tables.find(({ table }) => table === path)]) }];
  });
}

function pathsOf(file: JobFile | undefined): string[] {
  const parsed = file?.type === runScript.type ? runScript.shape.safeParse(file.parameters) : undefined;
  return parsed?.success ? (parsed.data as { paths: string[] }).paths : [];
}

// A job that goes on may be done with some of its scripts. One that waits for another attempt does its failed ones again.
function nowOf(job: UnderWay["state"], part: TableProgress | undefined): UnderWay["state"] | undefined {
  if (part?.state === "succeeded") return undefined;
  if (job === "queued") return "queued";
  if (part?.state === "running") return "running";
  return part?.outcome ? undefined : "queued";
}

function endOf({ startedAt, outcome }: TableProgress): string {
  return new Date((startedAt ? Date.parse(startedAt) : Date.now()) + (outcome?.seconds ?? 0) * 1000).toISOString();
}

function lastOf(
  job: string,
  at: string,
  { outcome, sourceSnapshot, notes = [] }: Pick<Outcome, "outcome" | "sourceSnapshot" | "notes">,
): NonNullable<ScriptHistory["last"]> {
  const [attempt, exitCode] = [numberIn(notes, "attempt"), numberIn(notes, "exit code")];
  return {
    ...{ job, at, outcome },
    ...(sourceSnapshot !== undefined && { sha256: sourceSnapshot }),
    ...(attempt !== undefined && { attempt }),
    ...(exitCode !== undefined && { exitCode }),
  };
}

// As engine.ts writes them: `exit code 3`, `attempt 2`.
function numberIn(notes: readonly string[], word: string): number | undefined {
  const note = notes.find(text => text.startsWith(`${word} `));
  return note === undefined ? undefined : Number(note.slice(word.length + 1));
}
