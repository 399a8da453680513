import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { sqlName } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { NewEvent } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import { jobOf } from "../../core/jobs/job.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import { readSettings, type Settings } from "../../core/settings.ts";
import { uploadsFolder } from "../../core/store/data-files.ts";
import { layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { linesTable } from "../../engines/analyze-logs/parameters.ts";
import { engines } from "../../engines/list.ts";
import { runAttempt } from "../../engines/runner/attempt.ts";
import type { AttemptEnd } from "../../engines/runner/limits.ts";
import { testSession } from "./lake.ts";

/** A data folder with uploads, and what was analysed from it; both go with the test. */
export interface LogWorld {
  settings: Settings;
  session: Session;
  put(name: string, content: string | Buffer): string;
  analyse(parameters: Record<string, unknown>, ways?: Ways): Promise<Analysed>;
}

/** What a test may say of a run. */
export interface Ways {
  id?: string;
  attempt?: number;
  settings?: Partial<Settings>;
  onEvent?(event: NewEvent): void;
  signal?: AbortSignal;
}

/** How it ended. */
export interface Analysed extends AttemptEnd {
  id: string;
  events: NewEvent[];
  proofs: object[];
  /** The table of its lines, as SQL takes it. */
  lines: string;
}

/** Makes such a world. */
export async function logWorld(t: Pick<TestContext, "after">): Promise<LogWorld> {
  const root = mkdtempSync(join(tmpdir(), "portal-logs-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const settings = readSettings({ ...process.env, DATA_DIR: root });
  prepareLayout(layoutOf(root));
  mkdirSync(uploadsFolder(root));
  const ids = new Set<string>();
  // Ended in the order in which it was begun: the tables first, while the session is still there.
  t.after(async () => {
    for (const id of ids) await session.command(`drop table if exists ${sqlName(linesTable(id))} purge`);
  });
  const session = await testSession(t);
  return {
    settings,
    session,
    put(name, content) {
      const path = join(uploadsFolder(root), name);
      writeFileSync(path, content);
      return path;
    },
    async analyse(parameters, { id = newId("analyze-logs"), attempt = 1, onEvent, signal, ...ways } = {}) {
      ids.add(id);
      const entry = engines["analyze-logs"];
      if (!entry) throw new Error("there is no job type analyze-logs");
      const events: NewEvent[] = [];
      const proofs: object[] = [];
      const origin = { via: "command", submittedBy: "kim", submittedAt: new Date().toISOString() } as const;
      const file = { type: "analyze-logs", parameters };
      const ending = await runAttempt(await entry.load(), {
        job: jobOf(id, file, entry.type.shape.parse(parameters), origin),
        attempt,
        settings: { ...settings, ...ways.settings },
        sessions: sessionIds(id, attempt),
        succeeded: [],
        signal: signal ?? new AbortController().signal,
        emit(event) {
          events.push(event);
          onEvent?.(event);
        },
        proof: proof => void proofs.push(proof),
      });
      return { ...ending, id, events, proofs, lines: sqlName(linesTable(id)) };
    },
  };
}
