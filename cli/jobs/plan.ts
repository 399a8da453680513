import { userInfo } from "node:os";
import { newId } from "../../core/jobs/id.ts";
import { jobOf } from "../../core/jobs/job.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import { EXIT, type ItemNoun } from "../../core/jobs/states.ts";
import type { Step } from "../../engines/engine.ts";
import { engines } from "../../engines/list.ts";
import { itemNounOf } from "../../engines/runner/about.ts";
import { planAttempt } from "../../engines/runner/attempt.ts";
import { isUnavailable, jobErrorOf } from "../../engines/runner/job-error.ts";
import { group, size } from "../../engines/runner/lines.ts";
import { CommandError, openProject } from "../failure.ts";
import { columns, totalsText } from "../words.ts";
import { readJob } from "./read-job.ts";

/** `plan file.json`: what the job would do with every table and why, and what stands in its way. Changes nothing. */
export async function plan([file, ...more]: string[]): Promise<number> {
  if (file === undefined || more.length > 0)
    throw new CommandError("usage: npm run job -- plan file.json", EXIT.badJob);
  const { steps, itemNoun } = await planFile(file);
  const ready = steps.filter(step => !step.ended);
  const skipped = steps.filter(step => step.ended?.outcome === "skipped");
  const blocked = steps.filter(step => step.ended?.outcome === "failed");
  const header = ["table", "target", "action", "rows", "size", "why"];
  const rows = steps.map(({ table, target, action, rows, bytes, why }) => {
    return [table, target, action, rows ? group(rows) : "", bytes ? size(bytes) : "", why ?? ""];
  });
  if (steps.length > 0) console.log(`${columns([header, ...rows], [3, 4]).join("\n")}\n`);
  console.log(ready.length > 0 ? `${totalsText(ready, itemNoun)} would be done.` : "There is nothing to do.");
  if (skipped.length > 0) console.log(`${skipped.length} would be skipped.`);
  if (blocked.length > 0) console.log(`✕ ${blocked.length} can't be done:\n${blocked.map(blocker).join("\n")}`);
  return blocked.length > 0 || steps.length === 0 ? EXIT.failed : EXIT.succeeded;
}

async function planFile(path: string): Promise<{ steps: Step[]; itemNoun: ItemNoun }> {
  const file = readJob(path);
  const entry = engines[file.type]!;
  const { settings } = openProject();
  const id = newId(file.type);
  const origin = { via: "command", submittedBy: userInfo().username, submittedAt: new Date().toISOString() } as const;
  try {
    const { steps } = await planAttempt(await entry.load(), {
      job: jobOf(id, file, entry.type.shape.parse(file.parameters), origin),
      attempt: 1,
      settings,
      sessions: sessionIds(id, 1),
      succeeded: [],
      signal: new AbortController().signal,
      emit: event => void (event.event === "note" && console.log(event.message)),
      proof: () => {},
    });
    return { steps, itemNoun: itemNounOf(file.type) };
  } catch (error) {
    const { message, hint } = jobErrorOf(error);
    throw new CommandError(
      `${message}${hint ? ` ${hint}` : ""}`,
      isUnavailable(error) ? EXIT.unavailable : EXIT.failed,
    );
  }
}

function blocker({ table, ended }: Step): string {
  return `  ${table}: ${ended?.error.message}${ended?.error.hint ? ` ${ended.error.hint}` : ""}`;
}
