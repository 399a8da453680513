import type { ValidIds } from "../metastore/metastore.ts";

/** A file below a table's or partition's folder. */
export interface AcidFile {
  /** Its whole name, without escapes. */
  path: string;
}

/** A folder directly below a table's or partition's own. */
export interface AcidDirectory {
  name: string;
  files: readonly AcidFile[];
  /** Hive keeps a note in it that says why it is there: it was truncated, or compacted by Hive 3.1. */
  hasNote: boolean;
  /** Hive marked it: its files hold events and not plain rows. */
  hasEvents: boolean;
}

/** What a reader has to know: the writes of the table and the transactions that it sees. */
export interface WriteIdSnapshot {
  transactions: ValidIds;
  writes: ValidIds;
}

/** One directory that counts. `statement` is -1 where its name has none; `write` is the last write in it. */
export interface ChosenDirectories {
  directory: AcidDirectory;
  write: number;
  statement: number;
}

/** What a reader takes of one folder, or why nobody can tell. */
export interface Choice {
  base?: ChosenDirectories;
  deltas: readonly ChosenDirectories[];
  deletes: readonly ChosenDirectories[];
  /** Whether files count that lie in the folder from before it was transactional. */
  originals: boolean;
}

/** A folder can't be read under a snapshot. */
export class HistoryLost extends Error {
  override name = "HistoryLost";
}

interface Base {
  directory: AcidDirectory;
  write: number;
  visibility: number | undefined;
}

interface Delta extends Base {
  kind: "delta" | "delete_delta";
  from: number;
  statement: number;
}

const BASE = /^base_(-?\d+)(?:_v(\d+))?$/;
const DELTA = /^(delta|delete_delta)_(\d+)_(\d+)(?:_(\d+))?(?:_v(\d+))?$/;

/** Whether a folder's name is one that Hive gives to the writes of a transactional table. */
export function isAcidName(name: string): boolean {
  return BASE.test(name) || DELTA.test(name);
}

/** Whether a folder holds what one or more writes have changed. */
export function isDelta(name: string): boolean {
  return DELTA.test(name);
}

/**
 * Chooses the directories that make up a folder's rows for a reader with this snapshot: the newest base that is valid, and the
 * deltas after it. What a compaction has merged is taken once. Throws a HistoryLost where the writes that the reader needs were
 * merged with writes that it must not see.
 */
export function chooseDirectories(directories: readonly AcidDirectory[], snapshot: WriteIdSnapshot): Choice {
  const { transactions, writes } = snapshot;
  // What a compaction wrote counts only if the transaction that it ran in does.
  const isVisible = ({ visibility }: Base) => visibility === undefined || isValid(visibility, transactions);
  const bases = directories.flatMap(baseOf).filter(isVisible);
  const base = bases.filter(one => isValidBase(one, writes)).toSorted((a, b) => b.write - a.write)[0];
  if (!base && bases.some(one => isCompacted(one)))
    throw new HistoryLost("all that is left was compacted together with writes that are not finished yet");
  const taken = chooseDeltas(directories.flatMap(deltaOf).filter(isVisible), base?.write, writes);
  const identityOf = ({ directory, write, statement }: Delta) => ({ directory, write, statement });
  return {
    ...(base && { base: { directory: base.directory, write: base.write, statement: -1 } }),
    deltas: taken.filter(({ kind }) => kind === "delta").map(identityOf),
    deletes: taken.filter(({ kind }) => kind === "delete_delta").map(identityOf),
    originals: !base,
  };
}

function baseOf(directory: AcidDirectory): Base[] {
  const [, write, visibility] = BASE.exec(directory.name) ?? [];
  return write === undefined ? [] : [{ directory, write: Number(write), visibility: numberOr(visibility) }];
}

function deltaOf(directory: AcidDirectory): Delta[] {
  const [, kind, from, to, statement, visibility] = DELTA.exec(directory.name) ?? [];
  if (kind === undefined) return [];
  return [
    {
      directory,
      kind: kind as Delta["kind"],
      from: Number(from),
      write: Number(to),
      statement: numberOr(statement) ?? -1,
      visibility: numberOr(visibility),
    },
  ];
}

function numberOr(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function isValid(id: number, { high, open, aborted }: ValidIds): boolean {
  return id <= high && !open.includes(id) && !aborted.includes(id);
}

// A base that a statement wrote (INSERT OVERWRITE, TRUNCATE) is like any other write. One that a compaction made holds all writes
// up to its own: it must have no open ones among them. A note without a transaction is of either; then both must hold.
function isValidBase(base: Base, writes: ValidIds): boolean {
  if (base.write < 0) return true;
  const asWrite = isValid(base.write, writes);
  const asCompacted = base.write <= writes.high && writes.open.every(id => id > base.write);
  if (base.visibility !== undefined) return asCompacted;
  if (!base.directory.hasNote) return asWrite;
  if (asWrite === asCompacted) return asWrite;
  throw new HistoryLost(`nobody can tell what ${base.directory.name} holds while a write before it is open or aborted`);
}

function isCompacted({ visibility, directory }: Base): boolean {
  return visibility !== undefined || directory.hasNote;
}

function chooseDeltas(deltas: readonly Delta[], base: number | undefined, writes: ValidIds): Delta[] {
  const sorted = deltas
    .filter(({ from, write }) => hasValid(from, write, writes))
    .toSorted(
      (a, b) =>
        a.from - b.from ||
        b.write - a.write ||
        a.statement - b.statement ||
        a.directory.name.localeCompare(b.directory.name),
    );
  const taken: Delta[] = [];
  let reached = base ?? Number.NEGATIVE_INFINITY;
  for (const delta of sorted) {
    const last = taken.at(-1);
    if (delta.write > reached) {
      if (!hasValid(Math.max(reached + 1, delta.from), delta.write, writes)) continue;
      reached = delta.write;
      taken.push(delta);
    } else if (last && delta.write === reached && last.statement >= 0) {
      taken.push(delta); // another statement of the same transaction
    } else if (last && isSameWrite(delta, last)) {
      taken.push(delta); // what the same write has deleted
    }
  }
  return taken;
}

function isSameWrite(a: Delta, b: Delta): boolean {
  return a.from === b.from && a.write === b.write && a.statement === b.statement;
}

// A streaming writer's delta may hold a million ids of which one is invalid: only those are counted.
function hasValid(from: number, to: number, { high, open, aborted }: ValidIds): boolean {
  const last = Math.min(to, high);
  if (from > last) return false;
  const invalid = new Set([...open, ...aborted].filter(id => id >= from && id <= last));
  return last - from + 1 > invalid.size;
}
