import { runAttempt } from "../engines/attempt.ts";
import { engines } from "../engines/list.ts";
import { newId } from "../jobs/id.ts";
import { jobOf } from "../jobs/job.ts";
import { sessionIds } from "../jobs/session-id.ts";
import type { Settings } from "../settings.ts";

/** Runs a job in this process, as its engine would, and throws if not all of it succeeded. */
export async function runJob(settings: Settings, type: string, parameters: object): Promise<void> {
  const entry = engines[type];
  if (!entry) throw new Error(`there is no job type ${type}`);
  const id = newId(type);
  const file = { type, parameters: parameters as Record<string, unknown> };
  const origin = { via: "command", submittedBy: "bench", submittedAt: new Date().toISOString() } as const;
  const { exitCode, error, outcomes } = await runAttempt(await entry.load(), {
    job: jobOf(id, file, entry.type.shape.parse(file.parameters), origin),
    attempt: 1,
    settings,
    sessions: sessionIds(id, 1),
    succeeded: [],
    signal: new AbortController().signal,
    emit: () => undefined,
    proof: () => undefined,
  });
  if (exitCode !== 0) throw new Error(`${type}: ${error?.message ?? JSON.stringify(outcomes[0]?.error)}`);
}
