import type { NewEvent } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import { jobOf } from "../../core/jobs/job.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import type { Settings } from "../../core/settings.ts";
import { engines } from "../../engines/list.ts";
import { runAttempt } from "../../engines/runner/attempt.ts";

/** Runs a job in this process, as its engine would, and throws if not all of it succeeded. Gives its id and outcomes. */
export async function runJob(
  settings: Settings,
  type: string,
  parameters: object,
  emit: (event: NewEvent) => void = () => undefined,
): Promise<{ id: string; outcomes: readonly Outcome[] }> {
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
    emit,
    proof: () => undefined,
  });
  if (exitCode !== 0) throw new Error(`${type}: ${error?.message ?? JSON.stringify(outcomes[0]?.error)}`);
  return { id, outcomes };
}
