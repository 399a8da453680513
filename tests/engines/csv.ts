import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Session } from "../../connectors/spark/session.ts";
import type { NewEvent } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import { jobOf } from "../../core/jobs/job.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import { readSettings, type Settings } from "../../core/settings.ts";
import { uploadsFolder } from "../../core/store/data-files.ts";
import { layoutOf, prepareLayout } from "../../core/store/layout.ts";
import type { Engine } from "../../engines/engine.ts";
import { engines } from "../../engines/list.ts";
import { runAttempt } from "../../engines/runner/attempt.ts";
import type { AttemptEnd } from "../../engines/runner/limits.ts";
import { newDatabase, testSession } from "./lake.ts";

/** A data folder with uploads and a namespace of the lake, both nobody else's. */
export interface CsvWorld {
  settings: Settings;
  session: Session;
  namespace: string;
  /** Puts a file among the uploads; gives its path. */
  put(name: string, content: string | Buffer): string;
  /** Runs a job of a type to its end in this process. */
  run(type: string, parameters: Record<string, unknown>, ways?: Ways): Promise<CsvRun>;
  /** The rows of a SELECT, 64-bit numbers as text. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
}

/** What a test may say of a run. */
export interface Ways {
  id?: string;
  by?: string;
  signal?: AbortSignal;
  /** Stands between the engine and Spark. */
  wrap?(session: Session): Session;
  planned?: { table: string; target: string; action: string }[];
  onEvent?(event: NewEvent): void;
}

/** How a job ended, and what it told. */
export interface CsvRun extends AttemptEnd {
  id: string;
  events: NewEvent[];
  proofs: object[];
}

/** Makes such a world; it goes with the test. */
export async function csvWorld(t: Pick<TestContext, "after">): Promise<CsvWorld> {
  const root = mkdtempSync(join(tmpdir(), "portal-csv-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const settings = readSettings({ ...process.env, DATA_DIR: root });
  prepareLayout(layoutOf(root));
  mkdirSync(uploadsFolder(root));
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  return {
    settings,
    session,
    namespace,
    put(name, content) {
      const path = join(uploadsFolder(root), name);
      writeFileSync(path, content);
      return path;
    },
    async run(type, parameters, { id = newId(type), by = "test", signal, planned, onEvent, wrap } = {}) {
      const entry = engines[type];
      if (!entry) throw new Error(`there is no job type ${type}`);
      const events: NewEvent[] = [];
      const proofs: object[] = [];
      const origin = { via: "command", submittedBy: by, submittedAt: new Date().toISOString() } as const;
      const program = await entry.load();
      const between: Engine = {
        ...program,
        run: (step, context) =>
          program.run(step, { ...context, spark: async () => wrap?.(await context.spark()) ?? context.spark() }),
      };
      const ending = await runAttempt(between, {
        job: jobOf(id, { type, parameters }, entry.type.shape.parse(parameters), origin),
        attempt: planned ? 2 : 1,
        settings,
        sessions: sessionIds(id, planned ? 2 : 1),
        succeeded: [],
        ...(planned && { planned }),
        signal: signal ?? new AbortController().signal,
        emit(event) {
          events.push(event);
          onEvent?.(event);
        },
        proof: proof => void proofs.push(proof),
      });
      return { ...ending, id, events, proofs };
    },
    rows: async sql =>
      (await session.query(sql)).map(row =>
        Object.fromEntries(
          Object.entries(row).map(([key, value]) => [key, typeof value === "bigint" ? String(value) : value]),
        ),
      ),
  };
}
