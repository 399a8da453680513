import { rmSync } from "node:fs";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import { indexFile } from "../../store/archive.ts";
import type { Layout } from "../../store/layout.ts";
import { memoized } from "../../system/cache.ts";
import { openPrivateDatabase } from "../../system/private.ts";
import { SCHEMA, VERSION } from "./schema.ts";

const STATEMENTS = 400;
const BUSY = 5;
const BROKEN = [11, 26];

/** The database of the index. Every statement is prepared once; values are bound. */
export interface Store {
  all<T>(sql: string, values?: readonly SQLInputValue[]): T[];
  get<T>(sql: string, values?: readonly SQLInputValue[]): T | undefined;
  /** The same, with whole numbers as bigint: for sums, which may go beyond 53 bits. */
  sums(sql: string, values?: readonly SQLInputValue[]): Record<string, bigint | string | null>[];
  /** Changes something; how many rows. */
  run(sql: string, values?: readonly SQLInputValue[]): number;
  /** Does it whole or not at all. Undefined, at once if not patient, where another writes for too long. */
  change<T>(patient: boolean, work: () => T): T | undefined;
  close(): void;
}

/** Opens `archive/.index.db`. One that is broken or of another version is made anew, empty. */
export function openStore(layout: Pick<Layout, "archive">): Store {
  const path = indexFile(layout);
  let database = openDatabase(path);
  let prepared = memoized<StatementSync>({ max: STATEMENTS });

  return {
    all: (sql, values = []) => guarded(() => statement(sql).all(...values)) as never,
    get: (sql, values = []) => guarded(() => statement(sql).get(...values)) as never,
    sums: (sql, values = []) => guarded(() => statement(sql, true).all(...values)) as never,
    run: (sql, values = []) => guarded(() => Number(statement(sql).run(...values).changes)),
    change(patient, work) {
      if (!begin(patient)) return undefined;
      try {
        const result = work();
        database.exec("commit");
        return result;
      } finally {
        if (database.isOpen && database.isTransaction) database.exec("rollback");
      }
    },
    close() {
      if (database.isOpen) database.close();
    },
  };

  function statement(sql: string, big = false): StatementSync {
    return prepared(big ? `${sql} -- big` : sql, () => {
      const made = database.prepare(sql);
      made.setReadBigInts(big);
      return made;
    });
  }

  function begin(patient: boolean): boolean {
    if (!patient) database.exec("pragma busy_timeout = 0");
    try {
      database.exec("begin immediate");
      return true;
    } catch (error) {
      if (codeOf(error) === BUSY) return false;
      throw error;
    } finally {
      if (!patient) database.exec("pragma busy_timeout = 5000");
    }
  }

  // A broken index is deleted when an operation fails on it: it can be rebuilt.
  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!BROKEN.includes(codeOf(error) ?? 0)) throw error;
      prepared = memoized<StatementSync>({ max: STATEMENTS });
      database.close();
      database = anew(path);
      throw new Error("The index of the archive was broken and is being made anew. Try again in a moment.", {
        cause: error,
      });
    }
  }
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = connect(path);
    if (versionOf(database) === 0) create(database);
    if (versionOf(database) === VERSION && database.prepare("select version from state").get()) return database;
  } catch (error) {
    if (!BROKEN.includes(codeOf(error) ?? 0) && codeOf(error) !== 1) throw error;
  }
  database?.close();
  return anew(path);
}

function anew(path: string): DatabaseSync {
  for (const ending of ["", "-wal", "-shm"]) rmSync(path + ending, { force: true });
  const database = connect(path);
  create(database);
  return database;
}

function connect(path: string): DatabaseSync {
  const database = openPrivateDatabase(path, { timeout: 5000 });
  database.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -16000");
  return database;
}

// Two processes may start at once: the second finds what the first one made.
function create(database: DatabaseSync): void {
  database.exec("begin exclusive");
  if (versionOf(database) === 0) database.exec(SCHEMA);
  database.exec("commit");
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("pragma user_version").get()?.user_version);
}

function codeOf(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? undefined : errcode & 255;
}

/** Gives a cached answer, or makes it. */
export type CachedQuery = <T>(name: string, query: object, answer: () => T) => T;

/** Caches answers as long as the version stands. */
export function queryCache(version: () => number): CachedQuery {
  const cache = new LRUCache<string, { answer: unknown; version: number }>({ max: 64 });
  return <T>(name: string, query: object, answer: () => T): T => {
    const { limit: _limit, before: _before, after: _after, ...rest } = query as Record<string, unknown>;
    const key = `${name} ${JSON.stringify(Object.entries(rest).sort())}`;
    const cached = cache.get(key);
    const current = version();
    if (cached?.version === current) return cached.answer as T;
    const made = answer();
    cache.set(key, { answer: made, version: current });
    return made;
  };
}
