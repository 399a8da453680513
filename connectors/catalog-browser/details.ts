import { LRUCache } from "lru-cache";
import type { TableName } from "../iceberg/names.ts";
import type { Session } from "../spark/session.ts";
import { errorMessageOf } from "./errors.ts";
import { describeHiveDetail, type HiveDetail, hasPartitions, withPartitions } from "./hive.ts";
import { describeIcebergDetail, type IcebergDetail, withSnapshots } from "./iceberg.ts";
import { newestFirst, type RunningRequest } from "./queue.ts";

/** What is known of one table, and since when (ISO, UTC). `pending`: more or newer is on its way. */
export interface TableDetail {
  name: string;
  pending: boolean;
  at?: string;
  detail?: HiveDetail | IcebergDetail;
  error?: string;
}

/** The details of tables, cached for a while. */
export interface DetailCache {
  /** Returns at once what is known, and requests in the background what is missing or stale. */
  get(catalog: string, namespace: string, names: readonly string[]): TableDetail[];
  pending(catalog: string, namespace: string): number;
  forget(catalog: string, namespace: string): void;
}

/** How details are asked for: on a session with the catalog attached. `isUnavailable`: Spark's fault, so whoever looks asks again. */
export interface DetailCacheOptions {
  maxAge: number;
  use<T>(catalog: string, ask: (session: Session) => Promise<T>): Promise<T>;
  isUnavailable(error: unknown): boolean;
}

interface Task {
  table: TableName;
  /** What the first step gave. */
  draft?: HiveDetail | IcebergDetail;
}

interface CachedDetail extends Pick<TableDetail, "detail" | "error"> {
  at: number;
  freshUntil: number;
}

const SIDE_BY_SIDE = 8;
const FAILED_FOR = 60_000;
const AT_MOST = 10_000;

/** Details by table: eight at a time, the newest request first. */
export function detailCache({ maxAge, use, isUnavailable }: DetailCacheOptions): DetailCache {
  const cache = new LRUCache<string, CachedDetail>({ max: AT_MOST });

  const run = async (running: RunningRequest<Task>): Promise<boolean> => {
    const { key, task } = running;
    const now = Date.now();
    try {
      const { table, draft } = task;
      const detail = await use(table.catalog, session =>
        draft ? further(session, table, draft) : begin(session, table),
      );
      const whole = draft !== undefined || !hasMore(detail);
      task.draft = detail;
      // Old details are complete; the first half of newer ones must not replace them.
      if (!running.forgotten && (whole || !cache.get(key)?.detail))
        cache.set(key, { at: now, freshUntil: now + maxAge, detail });
      return !whole;
    } catch (error) {
      if (running.forgotten || isUnavailable(error)) return false;
      const { draft: detail } = task;
      cache.set(key, {
        at: now,
        freshUntil: now + FAILED_FOR,
        ...(detail && { detail }),
        error: errorMessageOf(error),
      });
      return false;
    }
  };
  const queue = newestFirst<Task>(SIDE_BY_SIDE, run);
  return {
    get(catalog, namespace, names) {
      const keys = new Map(names.map(name => [keyOf(catalog, namespace, name), name]));
      const missing = [...keys].filter(
        ([key]) => queue.isWaiting(key) || (cache.get(key)?.freshUntil ?? 0) <= Date.now(),
      );
      queue.ask(new Map(missing.map(([key, table]) => [key, { table: { catalog, namespace, table } }])));
      return [...keys].map(([key, name]) => known(name, queue.isWaiting(key), cache.get(key)));
    },
    pending(catalog, namespace) {
      const prefix = keyOf(catalog, namespace);
      return [...queue.waiting()].filter(key => key.startsWith(prefix)).length;
    },
    forget(catalog, namespace) {
      const prefix = keyOf(catalog, namespace);
      for (const key of [...cache.keys()]) if (key.startsWith(prefix)) cache.delete(key);
      queue.forget(key => key.startsWith(prefix));
    },
  };
}

function begin(session: Session, table: TableName): Promise<HiveDetail | IcebergDetail> {
  return table.catalog === "hive" ? describeHiveDetail(session, table) : describeIcebergDetail(session, table);
}

function further(session: Session, table: TableName, draft: HiveDetail | IcebergDetail) {
  return draft.of === "hive" ? withPartitions(session, table, draft) : withSnapshots(session, table, draft);
}

function hasMore(detail: HiveDetail | IcebergDetail): boolean {
  return detail.of === "hive" ? hasPartitions(detail) : detail.kind === "table";
}

function known(name: string, pending: boolean, { at, detail, error }: Partial<CachedDetail> = {}): TableDetail {
  return {
    name,
    pending,
    ...(at !== undefined && { at: new Date(at).toISOString() }),
    ...(detail && { detail }),
    ...(error && { error }),
  };
}

// A namespace's keys begin alike, and no other's do.
function keyOf(catalog: string, namespace: string, name?: string): string {
  const key = JSON.stringify(name === undefined ? [catalog, namespace] : [catalog, namespace, name]);
  return name === undefined ? `${key.slice(0, -1)},` : key;
}
