import type { DriftFact, ProofSummary } from "../jobs/outcome.ts";
import { catalogOf } from "./names.ts";

/** The job types that copy one table to another: each is a step on a table's way. */
export const MOVES = ["ingest-hive", "migrate-iceberg", "register-snowflake"] as const;

/** What a station or a whole lineage needs, the most urgent first. */
export const LINEAGE_STATES = ["failed", "gone", "behind", "unproven", "new", "current"] as const;
export type LineageState = (typeof LINEAGE_STATES)[number];

/** The last time that a job wrote a table, or copied it here. Times are ISO in UTC. */
export interface TableWrite {
  job: string;
  type: string;
  by: string;
  startedAt: string;
  finishedAt: string;
  source: string;
  sourceSnapshot?: string;
  targetSnapshot?: string;
  metadataFile?: string;
  rows?: string;
  bytes?: string;
  proof?: ProofSummary;
}

/** What the archive has of one table on its way. */
export interface StationFacts {
  name: string;
  /** The newest job that wrote it. */
  write?: TableWrite;
  /** The newest copy of the station before; the same as `write` unless rows were changed here since. */
  move?: TableWrite;
  /** A comparison with the station before that came after the copy. */
  compared?: Pick<TableWrite, "job" | "finishedAt" | "proof">;
  /** Whether any copy of it was ever proven. */
  everProven?: boolean;
  /** A copy to here that failed after the last one that succeeded. */
  failure?: { job: string; message?: string };
  /** A copy from here to a place that it never reached. */
  failedNext?: { job: string; target: string };
  /** The newest fact of a `check-drift` job. */
  drift?: DriftFact;
}

/** A table at one place of its way: what stands there, since when, by which job, and how far behind the place before. */
export interface Station {
  name: string;
  state: LineageState;
  /** The state in words: `3 snapshots behind, never proven`. */
  words: string;
  snapshot?: string;
  metadataFile?: string;
  rows?: string;
  bytes?: string;
  /** When a job last wrote it, and which. */
  at?: string;
  job?: string;
  type?: string;
  by?: string;
  /** The proof of the last copy, and the job that made it. */
  proof?: ProofSummary & { job: string };
  /** The snapshot of the station before that was copied. */
  copied?: string;
  /** How many snapshots the station before is ahead, where that is known. */
  behind?: number;
  /** When `check-drift` last looked. */
  seen?: string;
  /** A copy from here that failed before it ever arrived: its job and its target. */
  failedNext?: { job: string; target: string };
  /** The newest job that copied the station before to here; its parameters are those of the next copy. */
  copiedBy?: string;
}

/** A table's way from where it came first to where it was copied last. */
export interface Lineage {
  /** The name of its first station. */
  name: string;
  /** The name of its last station: a lineage has it alone. */
  last: string;
  state: LineageState;
  words: string;
  /** When the oldest of its stations was last looked at by `check-drift`; absent where one never was. */
  seen?: string;
  stations: Station[];
}

/** The lineage of stations, from the first to the last. Undefined where there is nothing to say. */
export function lineageOf(facts: readonly StationFacts[]): Lineage | undefined {
  const stations = facts.map((own, i) => stationOf(facts[i - 1], own, i === facts.length - 1));
  const [first, last] = [stations[0], stations.at(-1)];
  if (!first || !last) return undefined;
  const urgent = stations.reduce((a, b) => (urgency(b.state) < urgency(a.state) ? b : a));
  // Where all is well the last station says so.
  const worst = urgent.state === "current" ? last : urgent;
  const seen = stations.map(station => station.seen);
  return {
    ...{ name: first.name, last: last.name, state: worst.state, words: worst.words },
    ...(seen.every(one => one !== undefined) && { seen: seen.toSorted()[0] }),
    stations,
  };
}

/** The place of a state among all: 0 needs a person first. */
export function urgency(state: LineageState): number {
  return LINEAGE_STATES.indexOf(state);
}

function stationOf(before: StationFacts | undefined, own: StationFacts, isLast: boolean): Station {
  const { name, write, move, drift } = own;
  const isSeen = drift !== undefined && isLater(drift.at, write?.finishedAt);
  const proof = proofOf(own);
  const snapshot = currentOf(own);
  const file = (isSeen && drift.metadataFile) || write?.metadataFile;
  const rows = (isSeen && drift.rows) || write?.rows || drift?.rows;
  const bytes = (isSeen && drift.bytes) || write?.bytes || drift?.bytes;
  return {
    name,
    ...judge(before, own, isLast),
    ...(snapshot && { snapshot }),
    ...(file && { metadataFile: file }),
    ...(rows && { rows }),
    ...(bytes && { bytes }),
    ...(write && { at: write.finishedAt, job: write.job, type: write.type, by: write.by }),
    ...(proof && { proof }),
    ...(before && move?.sourceSnapshot && { copied: move.sourceSnapshot }),
    ...(drift && { seen: drift.at }),
    ...(own.failedNext && { failedNext: own.failedNext }),
    ...(before && move && { copiedBy: move.job }),
  };
}

interface Judged {
  state: LineageState;
  words: string;
  behind?: number;
}

function judge(before: StationFacts | undefined, own: StationFacts, isLast: boolean): Judged {
  const { write, move, drift, failure, failedNext } = own;
  if (drift && !drift.there && isLater(drift.at, write?.finishedAt))
    return { state: "gone", words: before ? "gone: dropped since it was copied" : "source gone" };
  if (failure) return { state: "failed", words: "the last copy failed" };
  if (failedNext) return { state: "failed", words: `the copy to ${catalogOf(failedNext.target)} failed` };
  if (!before || !move) return judgeFirst(own, isLast);
  const lag = lagOf(before, own, move);
  const proof = proofOf(own);
  if (proof?.verdict === "differs") return { state: "failed", words: "differs from its source", ...behindOf(lag) };
  const doubt = isProven(proof) ? undefined : own.everProven ? "last copy not proven" : "never proven";
  const words = [lag?.words, doubt].filter(Boolean).join(", ");
  if (lag) return { state: "behind", words, ...behindOf(lag) };
  if (doubt) return { state: "unproven", words };
  // Not every program that writes into a Hive table tells the metastore.
  return { state: "current", words: before.name.startsWith("hive.") ? "up to date by the metastore" : "up to date" };
}

// What no station stands before: a source, or a table that a job made from a file or a stream.
function judgeFirst({ write }: StationFacts, isLast: boolean): Judged {
  if (write?.proof?.verdict === "differs") return { state: "failed", words: "differs from its source" };
  if (isLast && !write) return { state: "new", words: "never copied" };
  return { state: "current", words: write ? `written by ${write.type}` : "source" };
}

interface Lag {
  words: string;
  behind?: number;
}

function behindOf(lag: Lag | undefined): { behind?: number } {
  return lag?.behind === undefined ? {} : { behind: lag.behind };
}

function lagOf(before: StationFacts, own: StationFacts, move: TableWrite): Lag | undefined {
  if (!own.name.startsWith("snowflake.")) return lagOfRows(before, move);
  const seen = own.drift && isLater(own.drift.at, move.finishedAt) ? own.drift : undefined;
  const file = seen?.metadataFile;
  const isMoved = file !== undefined && move.metadataFile !== undefined && !sameFile(file, move.metadataFile);
  // Somebody may have moved the registration by hand, forwards or backwards.
  const sourceSnapshot = isMoved ? seen?.snapshot : move.sourceSnapshot;
  if (sourceSnapshot === undefined) return { words: "Snowflake stands on another file" };
  const now = currentOf(before);
  if (now === sourceSnapshot) return undefined;
  const lag = lagOfRows(before, { ...move, sourceSnapshot });
  if (!lag && !isMoved) return undefined;
  const words = "Snowflake stands on an older file";
  return lag?.behind === undefined ? { words } : { words: `${words}, ${lag.words}`, behind: lag.behind };
}

// The snapshot of a table, by what was heard of it last.
function currentOf({ drift, write }: StationFacts): string | undefined {
  return drift && isLater(drift.at, write?.finishedAt) ? drift.snapshot : write?.targetSnapshot;
}

function lagOfRows(before: StationFacts, move: TableWrite): Lag | undefined {
  const seen = before.drift && isLater(before.drift.at, move.finishedAt) ? before.drift : undefined;
  const written = before.write && isLater(before.write.finishedAt, move.finishedAt) ? before.write : undefined;
  if (seen && isLater(seen.at, written?.finishedAt)) return lagBehind(seen, move);
  const isOther = written?.targetSnapshot !== undefined && written.targetSnapshot !== move.sourceSnapshot;
  return isOther ? { words: `behind: ${written.type} wrote its source since` } : undefined;
}

function lagBehind(seen: DriftFact, move: TableWrite): Lag | undefined {
  if (!seen.there) return undefined;
  if (seen.snapshot !== undefined && move.sourceSnapshot !== undefined) {
    if (seen.snapshot === move.sourceSnapshot) return undefined;
    const behind = seen.behind?.[move.sourceSnapshot];
    if (behind === undefined) return { words: "behind: what was copied is no longer in its source's history" };
    if (behind === 0) return undefined;
    return { words: behind === 1 ? "1 snapshot behind" : `${behind} snapshots behind`, behind };
  }
  // Hive keeps whole seconds: what was changed in the second of the start may have come after it.
  const started = Math.floor(Date.parse(move.startedAt) / 1000) * 1000;
  const isChanged = seen.changedAt !== undefined && Date.parse(seen.changedAt) >= started;
  return isChanged ? { words: "behind: its source was changed since" } : undefined;
}

// Snowflake writes another scheme and host before the same path; the names of metadata files are unique.
function sameFile(a: string, b: string): boolean {
  const end = (file: string) => file.split("/").slice(-3).join("/");
  return end(a) === end(b);
}

function proofOf({ move, compared, write }: StationFacts): (ProofSummary & { job: string }) | undefined {
  const copy = move ?? write;
  const isNewer = compared?.proof && (!copy || isLater(compared.finishedAt, copy.finishedAt));
  if (isNewer && compared?.proof) return { ...compared.proof, job: compared.job };
  return copy?.proof && { ...copy.proof, job: copy.job };
}

function isProven(proof: ProofSummary | undefined): boolean {
  return proof?.verdict === "equal" || proof?.verdict === "agrees";
}

function isLater(at: string, than: string | undefined): boolean {
  return than === undefined || Date.parse(at) > Date.parse(than);
}
