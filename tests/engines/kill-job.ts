// Runs one attempt of a job, and dies as by a power failure at the step that is named. Given: the job's id, the number of the
// attempt, the step or "", and the job file with what earlier attempts have planned.
import { jobOf } from "../../core/jobs/job.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import { readSettings } from "../../core/settings.ts";
import { watchFailpoints } from "../../core/system/failpoint.ts";
import { engines } from "../../engines/list.ts";
import { runAttempt } from "../../engines/runner/attempt.ts";

const [id = "", number = "1", step = "", text = "{}"] = process.argv.slice(2);
const { planned, ...file } = JSON.parse(text) as {
  type: string;
  parameters: Record<string, unknown>;
  planned?: { table: string; target: string; action: string }[];
};
const entry = engines[file.type];
if (!entry) throw new Error(`there is no ${file.type}`);
watchFailpoints((_, call) => {
  if (call === step) process.kill(process.pid, "SIGKILL");
});
const origin = { via: "command", submittedBy: "test", submittedAt: new Date().toISOString() } as const;
const attempt = Number(number);
const { outcomes, error } = await runAttempt(await entry.load(), {
  job: jobOf(id, file, entry.type.shape.parse(file.parameters), origin),
  ...{ attempt, settings: readSettings(), sessions: sessionIds(id, attempt), succeeded: [] },
  ...(planned && { planned }),
  signal: new AbortController().signal,
  emit: () => undefined,
  proof: () => undefined,
});
console.log(
  JSON.stringify({ outcome: outcomes[0]?.outcome, notes: outcomes[0]?.notes, error: error ?? outcomes[0]?.error }),
);
process.exit(0);
