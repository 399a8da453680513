import type { JobError, Outcome } from "../../core/jobs/outcome.ts";
import { isBranchOf } from "../table-copy/publish.ts";
import type { LaterJob } from "./undone.ts";

/** One snapshot of a table as an undo needs to know it. `at` is a moment in UTC. */
export interface StandingSnapshot {
  id: string;
  at: string;
  parent?: string;
  operation?: string;
  /** The job that made it, where its commit says so. */
  job?: string;
  /** It is the first and has no files: Iceberg commits such a one where a branch is made of a table without snapshots. */
  blank?: true;
}

/** What stands under a target's name in its catalog. */
export interface StandingTable {
  view?: true;
  /** The job that created the table, as its properties say. */
  createdBy?: string;
  /** The snapshot that a job proved, where its commit could not say whose it is. */
  proven?: string;
  current?: string;
  snapshots: readonly StandingSnapshot[];
  /** Tags and branches, `main` not among them. */
  refs: readonly string[];
  metadataFile?: string;
}

/** What is known of a target from the record of the job that wrote it. */
export interface UndoneTarget {
  /** The job that is to be undone. */
  job: string;
  startedAt: string;
  outcome: Outcome;
  /** It copied the whole history, whose snapshots say nothing of the job. */
  history?: boolean;
  /** The later jobs whose work on the target may go too. */
  also: readonly LaterJob[];
}

/** What has to be done to bring one target back. `nothing` says why there is nothing to do. */
export type UndoDecision =
  | { action: "drop"; why: string }
  | { action: "roll back"; to: string; why: string }
  | { action: "empty"; why: string }
  | { action: "restore"; from: string; to: string; why: string }
  | { action: "nothing"; why: string }
  | { action: "refuse"; error: JobError };

/** How an Iceberg table is brought back to what it was before the job, or why it can't be. Pure. */
export function decideTable(of: UndoneTarget, table: StandingTable | undefined): UndoDecision {
  const { outcome } = of;
  if (!table) return { action: "nothing", why: "it is not there any more" };
  if (table.view) return refuse(`${outcome.target} is a view now.`, "Look at who put it there.");
  return of.history ? decideHistory(of, table) : decideCopy(of, table);
}

function decideCopy(of: UndoneTarget, table: StandingTable): UndoDecision {
  const { outcome, also } = of;
  const { change, target } = outcome;
  const chain = chainOf(table);
  const isOwn = (one: StandingSnapshot) => isMadeBy(of, table, one);
  const firstOwn = chain.findLastIndex(isOwn);
  const named = new Set(also.map(({ id }) => id));
  // A compaction changes no row.
  const foreign = chain
    .slice(0, firstOwn < 0 ? chain.length : firstOwn)
    .find(one => !isOwn(one) && !one.blank && one.operation !== "replace" && !(one.job && named.has(one.job)));
  const created = madeByJob(of, table, firstOwn < 0 ? undefined : chain[firstOwn]);
  if (firstOwn < 0) {
    if (created && chain.every(({ blank }) => blank)) return dropOf(of, table, "the job made it, and it has no rows");
    if (created && !foreign) return dropOf(of, table, "the job made it, and only the jobs that are named wrote to it");
    return { action: "nothing", why: "it has no snapshot of the job any more" };
  }
  if (foreign) return changedSince(target, foreign);
  if (created) return dropOf(of, table, "the job made it");
  const before = chain[firstOwn]?.parent;
  if (before !== undefined)
    return table.snapshots.some(({ id }) => id === before)
      ? { action: "roll back", to: before, why: `to snapshot ${before}, which it had before the job` }
      : refuse(
          `The snapshot ${before} that ${target} had before the job was expired.`,
          "What was there before can't be brought back from the table. Copy it again from its source.",
        );
  if (change?.metadataFileBefore !== undefined && table.metadataFile !== undefined)
    return restoreTo(table.metadataFile, change.metadataFileBefore);
  const isOlder = ({ at, blank }: StandingSnapshot) => !blank && Date.parse(at) < Date.parse(chain[firstOwn]?.at ?? "");
  if (wasReplaced(outcome) || table.snapshots.some(isOlder))
    return refuse(
      `${target} was made anew by the job, and its record does not name what stood there before.`,
      "Copy what was there again from its source.",
    );
  return { action: "empty", why: "it had no rows before the job" };
}

// The snapshots of a copied history are the source's: what the table stands on tells whose it is.
function decideHistory(of: UndoneTarget, table: StandingTable): UndoDecision {
  const { outcome, also } = of;
  const { target, change, metadataFile } = outcome;
  const stands = table.metadataFile;
  if (!stands || !metadataFile) return { action: "nothing", why: "the job left nothing there" };
  if (stands === change?.metadataFileBefore)
    return { action: "nothing", why: "it stands on what it had before the job" };
  const files = [metadataFile, ...also.flatMap(later => (later.did === "changed" ? (later.metadataFile ?? []) : []))];
  if (!files.includes(stands))
    return refuse(
      `${target} was changed since: it stands on ${lastPart(stands)}, and the job left it on ${lastPart(metadataFile)}.`,
      "Undo first what changed it. What another program wrote is not taken back here.",
    );
  if (change?.created) return { action: "drop", why: "the job made it" };
  if (outcome.figures?.["removed files"] !== undefined)
    return refuse(
      `The job removed files of ${target} that its source had expired, so its state before can't be brought back.`,
      "Copy the history again if you need it.",
    );
  if (change?.metadataFileBefore === undefined) return unknownBefore(target);
  return restoreTo(stands, change.metadataFileBefore);
}

/** What Snowflake says of a registration. `managed` has its rows in Snowflake's own hands. */
export interface StandingRegistration {
  managed: boolean;
  file?: string;
}

/** How a registration on Snowflake is brought back, or why it can't be. `isSame` compares two addresses of files. Pure. */
export function decideRegistration(
  { outcome, also }: UndoneTarget,
  standing: StandingRegistration | undefined,
  isSame: (one: string, other: string) => boolean,
): UndoDecision {
  const { target, change, metadataFile, notes = [] } = outcome;
  if (!standing) return { action: "nothing", why: "it is not registered any more" };
  const { file, managed } = standing;
  if (managed) return refuse(`${target} is a table of Snowflake's own now.`, "Look at who made it.");
  const before = change?.metadataFileBefore;
  if (file !== undefined && before !== undefined && isSame(file, before))
    return { action: "nothing", why: "it stands on the metadata file that it had before the job" };
  const own = [metadataFile, ...also.map(later => later.metadataFile)].filter(one => one !== undefined);
  if (file === undefined || !own.some(one => isSame(file, one)))
    return refuse(
      `${target} was changed since: it stands on ${file ?? "a file that Snowflake does not name"}, and the job left it on ${metadataFile ?? "no file"}.`,
      "Undo first what changed it.",
    );
  if (change?.created || (!change && notes.includes("registered for the first time")))
    return { action: "drop", why: "the job registered it; its files on Azure stay" };
  if (before === undefined) return unknownBefore(target);
  return restoreTo(file, before);
}

// From the current snapshot back to the first.
function chainOf({ current, snapshots }: StandingTable): StandingSnapshot[] {
  const byId = new Map(snapshots.map(one => [one.id, one]));
  const chain: StandingSnapshot[] = [];
  for (let at = byId.get(current ?? ""); at && !chain.includes(at); at = byId.get(at.parent ?? "")) chain.push(at);
  return chain;
}

function isMadeBy({ job, outcome }: UndoneTarget, table: StandingTable, { id, job: by }: StandingSnapshot): boolean {
  if (by !== undefined) return by === job;
  // A table over files that are there already is committed without a word on the job.
  const isInPlace = table.createdBy === job && (table.proven === id || outcome.change !== undefined);
  return isInPlace && (table.proven === id || outcome.targetSnapshot === id);
}

// Where the record does not say it the table's own word is held against what else is known of it.
function madeByJob(
  { job, startedAt, outcome }: UndoneTarget,
  { createdBy, snapshots }: StandingTable,
  own: StandingSnapshot | undefined,
): boolean {
  if (outcome.change && !outcome.change.created) return false;
  if (createdBy !== job && !outcome.change?.created) return false;
  const first = own?.at ?? startedAt;
  return !wasReplaced(outcome) && !snapshots.some(({ at, blank }) => !blank && Date.parse(at) < Date.parse(first));
}

function wasReplaced({ change, notes = [] }: Outcome): boolean {
  return change?.replaced === true || notes.some(note => note.startsWith("columns or partitioning changed"));
}

function dropOf({ job, outcome }: UndoneTarget, { refs }: StandingTable, why: string): UndoDecision {
  const foreign = refs.filter(name => !isBranchOf(job, name));
  if (foreign.length === 0) return { action: "drop", why };
  return refuse(
    `${outcome.target} has the ${foreign.length === 1 ? "tag or branch" : "tags or branches"} ${foreign.slice(0, 5).join(", ")}, which the job did not make.`,
    "Drop them first if nobody needs them.",
  );
}

function restoreTo(from: string, to: string): UndoDecision {
  return { action: "restore", from, to, why: `to ${lastPart(to)}, on which it stood before the job` };
}

function changedSince(target: string, { id, at, job }: StandingSnapshot): UndoDecision {
  const by = job ? `job ${job}` : "a program that is no job of this portal";
  return refuse(
    `${target} was changed since by ${by}: snapshot ${id} of ${at}.`,
    job
      ? `Undo ${job} first, or name it in "alsoBuiltOn": what it wrote to ${target} then goes too.`
      : "What another program wrote is not taken back here.",
  );
}

function unknownBefore(target: string): UndoDecision {
  return refuse(
    `The record does not say what ${target} was before the job.`,
    "Records of before do not have it, nor does a job that was killed in between.",
  );
}

function refuse(message: string, hint: string): UndoDecision {
  return { action: "refuse", error: { message, hint } };
}

function lastPart(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
