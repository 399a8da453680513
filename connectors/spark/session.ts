import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { interruptAll, interruptOperation } from "./cancel.ts";
import { type Channel, openChannel } from "./channel.ts";
import { cloneInto } from "./clone.ts";
import { type Connection, connect } from "./connection.ts";
import { drain, isGone, release } from "./ending.ts";
import { NotObserved, ServerLost, SparkError } from "./errors.ts";
import { type Execution, executeRequest, type Statement } from "./execute.ts";
import type { ResponseMessage } from "./protocol/messages.ts";
import {
  type Copy,
  commandPlan,
  copyPlan,
  type FileSource,
  filesPlan,
  type PlanMessage,
  queryPlan,
  type ViewRelation,
  viewPlan,
} from "./protocol/plan.ts";
import type { Row } from "./protocol/rows.ts";
import { typeOf } from "./protocol/schema.ts";
import type { DataType } from "./protocol/types.ts";
import { parseRemote, type Remote } from "./remote.ts";

export type { Execution, Statement } from "./execute.ts";
export type { Copy, ObservedRelation, PlanMessage } from "./protocol/plan.ts";
export type { Progress } from "./protocol/progress.ts";
export type { Row } from "./protocol/rows.ts";

type Figures = Record<string, string | null>;

/** A session on a Spark Connect server: its settings, views and catalogs live there until it is released. */
export interface Session {
  /** The session's UUID: with it, anybody of the same user name reaches the session. */
  readonly id: string;
  version(): Promise<string>;
  config: {
    set(pairs: Record<string, string>): Promise<void>;
    get(keys: string[]): Promise<Record<string, string | undefined>>;
    unset(keys: string[]): Promise<void>;
  };
  /** The rows of a SELECT. */
  query(sql: string, options?: Statement): Promise<Row[]>;
  /** Runs DDL, DML, CALL, SHOW or DESCRIBE once, and gives the rows it returns. */
  command(sql: string, options?: Statement): Promise<Row[]>;
  /** The primitive below both. */
  execute(plan: PlanMessage, options?: Statement): Execution;
  /**
   * Runs a statement that writes what a SELECT gives, and observes the rows in passing; `below` those of `from`. `all` has the
   * figures of every observation by its name, also of those in views that the SELECT reads.
   */
  copy(
    copy: Copy,
    options?: Statement,
  ): Promise<{ observed: Figures; below?: Figures; all: Record<string, Figures>; rows: Row[] }>;
  /** The columns of a SELECT, as a struct; reads no data. */
  schema(sql: string): Promise<DataType>;
  /** The files that a SELECT reads, as Spark plans it: names with the escapes of a URL. Reads no data. */
  inputFiles(sql: string): Promise<string[]>;
  /** All files below some folders but those with a hidden name, with the escapes of a URL. Fails where one is not there. */
  listFiles(folders: readonly string[]): Promise<string[]>;
  /** Whether there is any file whose name fits a pattern of Hadoop's, of whatever name. */
  hasAny(pattern: string): Promise<boolean>;
  /** The columns of files, as a struct. */
  fileSchema(files: FileSource): Promise<DataType>;
  /** The rows of a SELECT from the relation `files`: the session's only one of that name, so one such query at a time. */
  queryFiles(sql: string, files: FileSource): Promise<Row[]>;
  /** Makes a temporary view of this session, or replaces it. The files that it reads are those that are there now. */
  createView(name: string, view: ViewRelation): Promise<void>;
  /** Interrupts one operation, or all of the session; the ids of those that were told to stop. */
  interrupt(operationId?: string): Promise<string[]>;
  /** Waits until an operation of this session has ended, however; at once where the server does not know it. */
  drain(operationId: string): Promise<void>;
  /** Ends what runs, waits for it, and releases the session, for good. One that is not there is no error. */
  release(): Promise<void>;
  /** Closes the channel; the session stays on the server. */
  close(): void;
}

/**
 * Set on every session and kept there. People's texts stand in statements as literals: with substitution on, `${env:HOME}`
 * in one becomes the home folder of the server's user; with the old escapes, a backslash in one would be two. A view is
 * parsed under settings of its own, Spark's defaults where Hive made it, unless it is told to take the session's.
 */
const KEPT: Readonly<Record<string, string>> = {
  "spark.sql.variable.substitute": "false",
  "spark.sql.parser.escapedStringLiterals": "false",
  "spark.sql.legacy.useCurrentConfigsForView": "true",
};

/** What may be chosen when a session is opened. */
export interface SessionOptions {
  sessionId?: string;
  userId?: string;
  /** How long the server may take to be ready; 20 seconds. */
  readyMilliseconds?: number;
  /** Made as a clone, which shares the server's classes: for a new session that asks more than a little. */
  cloned?: boolean;
  /** What the session is set to from its start. */
  settings?: Readonly<Record<string, string>>;
}

/** Opens a session, or comes back to one by its id. Waits until the server is ready. */
export async function openSession(remote: Remote | string, options: SessionOptions = {}): Promise<Session> {
  const to = typeof remote === "string" ? parseRemote(remote) : remote;
  const channel = openChannel(to);
  const caller = {
    sessionId: options.sessionId ?? to.sessionId ?? randomUUID(),
    userId: options.userId ?? to.userId ?? userName(),
    clientType: to.userAgent ?? "data-operations-portal",
  };
  const connection = connect(channel, caller);
  try {
    const until = Date.now() + (options.readyMilliseconds ?? 20_000);
    await reach(channel, until - Date.now());
    if (options.cloned) await cloneInto(channel, caller, Math.max(1_000, until - Date.now()));
    // Both at once: each is a way to the server and back.
    const kept = keepLiterals(connection, options.settings);
    kept.catch(() => undefined); // that the version does not fit is told first
    await checkVersion(channel, connection, until - Date.now());
    await kept;
    return session(connection);
  } catch (error) {
    channel.close();
    // A proxy that wants a certificate of ours takes the connection, and refuses each call.
    throw to.tls && PROXY_REFUSES.test((error as Error).message) ? ((await channel.refusal()) ?? error) : error;
  }
}

const PROXY_REFUSES = /Received HTTP status code 4\d\d/;

// A server that is starting is waited for. One whose certificate does not fit is told soon, and not when the time is over.
async function reach(channel: Channel, milliseconds: number): Promise<void> {
  const until = Date.now() + milliseconds;
  for (let pause = 500; ; pause *= 2) {
    const left = until - Date.now();
    try {
      await channel.ready(Math.min(pause, left));
      return;
    } catch (cause) {
      const refusal = await channel.refusal();
      if (refusal) throw refusal;
      if (left > pause) continue;
      throw new ServerLost(
        `No Spark Connect server answered at ${channel.address} within ${Math.ceil(milliseconds / 1000)} s. Check that it runs there.`,
        { cause },
      );
    }
  }
}

async function checkVersion(channel: Channel, connection: Connection, milliseconds: number): Promise<void> {
  try {
    const found = await version(connection, Math.max(10_000, milliseconds));
    if (/^4\.[01]\./.test(found)) return;
    throw new SparkError(`Spark ${found} answered at ${channel.address}; only Spark 4.0 and 4.1 are supported.`);
  } catch (error) {
    if (!isGone(error)) throw error; // a released session can be asked whether it is gone
  }
}

async function keepLiterals(connection: Connection, more: Readonly<Record<string, string>> = {}): Promise<void> {
  try {
    await config(connection).set(more);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function session(connection: Connection): Session {
  const run = (plan: PlanMessage, options?: Statement) => executeRequest(connection, plan, options);
  return {
    id: connection.sessionId,
    version: () => version(connection),
    config: config(connection),
    execute: run,
    query: async (sql, options) => (await run(queryPlan(sql, options?.args), options).result).rows,
    async command(sql, options) {
      const { rows, notRun } = await run(commandPlan(sql, options?.args), options).result;
      if (notRun) throw new SparkError("The statement is a query and was not run: send a SELECT with query().");
      return rows;
    },
    async copy(copy, options) {
      const { rows, observed } = await run(copyPlan(copy, options?.args), options).result;
      const figures = observed[copy.observe.name];
      const below = copy.from && observed[copy.from.observe.name];
      if (figures) return { observed: figures, ...(below && { below }), all: observed, rows };
      throw new NotObserved(
        `Spark ran the copy but gave no figures for the observation "${copy.observe.name}": does it read "${copy.alias}"?`,
      );
    },
    schema: async sql => await schemaOf(connection, queryPlan(sql)),
    hasAny: pattern => hasAny(connection, pattern),
    fileSchema: files => schemaOf(connection, filesPlan(files), 600_000),
    inputFiles: async sql => await inputFiles(connection, queryPlan(sql)),
    listFiles: paths => inputFiles(connection, filesPlan({ format: "binaryFile", paths })),
    queryFiles: async (sql, files) => (await run(filesPlan(files, sql)).result).rows,
    createView: async (name, view) => void (await run(viewPlan(name, view)).result),
    interrupt: id => (id ? interruptOperation(connection, id) : interruptAll(connection)).catch(nothingIfGone),
    drain: id => drain(connection, id),
    release: () => release(connection),
    close: () => connection.channel.close(),
  };
}

async function schemaOf(connection: Connection, plan: PlanMessage, milliseconds?: number): Promise<DataType> {
  const { schema } = await connection.unary("AnalyzePlan", { schema: { plan } }, milliseconds);
  return typeOf(schema?.schema ?? {});
}

async function hasAny(connection: Connection, pattern: string): Promise<boolean> {
  try {
    await schemaOf(connection, filesPlan({ format: "binaryFile", paths: [pattern], isPattern: true }), 600_000);
    return true;
  } catch (error) {
    if (error instanceof SparkError && error.errorClass === "PATH_NOT_FOUND") return false;
    throw error;
  }
}

async function inputFiles(connection: Connection, plan: PlanMessage): Promise<string[]> {
  const { input_files } = await connection.unary("AnalyzePlan", { input_files: { plan } }, 600_000);
  return input_files?.files ?? [];
}

async function version(connection: Connection, milliseconds?: number): Promise<string> {
  const answer = await connection.unary("AnalyzePlan", { spark_version: {} }, milliseconds);
  return answer.spark_version?.version ?? "";
}

function config(connection: Connection): Session["config"] {
  const call = (operation: object): Promise<ResponseMessage["Config"]> => connection.unary("Config", { operation });
  return {
    async set(pairs) {
      await call({ set: { pairs: Object.entries({ ...pairs, ...KEPT }).map(([key, value]) => ({ key, value })) } });
    },
    async get(keys) {
      const { pairs } = await call({ get_option: { keys } });
      return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
    },
    async unset(keys) {
      await call({ unset: { keys } });
    },
  };
}

function nothingIfGone(error: unknown): string[] {
  if (isGone(error)) return [];
  throw error;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown"); // a container's user may have no name
  }
}
