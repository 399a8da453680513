import { userInfo } from "node:os";
import { thingOf } from "../engines/about.ts";
import { planJob } from "../engines/attempt.ts";
import type { Step } from "../engines/engine.ts";
import { group, size } from "../engines/lines.ts";
import { engines } from "../engines/list.ts";
import { isUnavailable, sentence } from "../engines/sentence.ts";
import { newId } from "../jobs/id.ts";
import { jobOf } from "../jobs/job.ts";
import { sessionIds } from "../jobs/session-id.ts";
import { EXIT } from "../jobs/states.ts";
import type { Thing } from "../jobs/thing.ts";
import { columns } from "./columns.ts";
import { CommandError } from "./failure.ts";
import { openProject } from "./open.ts";
import { readJob } from "./read-job.ts";
import { totals } from "./words.ts";

/** `plan file.json`: what the job would do with every table and why, and what stands in its way. Changes nothing. */
export async function plan([file, ...more]: string[]): Promise<number> {
  if (file === undefined || more.length > 0)
    throw new CommandError("usage: npm run job -- plan file.json", EXIT.badJob);
  const { steps, thing } = await planFile(file);
  const ready = steps.filter(step => !step.ended);
  const skipped = steps.filter(step => step.ended?.outcome === "skipped");
  const blocked = steps.filter(step => step.ended?.outcome === "failed");
  const header = ["table", "target", "action", "rows", "size", "why"];
  const rows = steps.map(({ table, target, action, rows, bytes, why }) => {
    return [table, target, action, rows ? group(rows) : "", bytes ? size(bytes) : "", why ?? ""];
  });
  if (steps.length > 0) console.log(`${columns([header, ...rows], [3, 4]).join("\n")}\n`);
  console.log(ready.length > 0 ? `${totals(ready, thing)} would be done.` : "There is nothing to do.");
  if (skipped.length > 0) console.log(`${skipped.length} would be skipped.`);
  if (blocked.length > 0) console.log(`✕ ${blocked.length} can't be done:\n${blocked.map(blocker).join("\n")}`);
  return blocked.length > 0 || steps.length === 0 ? EXIT.failed : EXIT.succeeded;
}

async function planFile(path: string): Promise<{ steps: Step[]; thing: Thing }> {
  const file = readJob(path);
  const entry = engines[file.type]!;
  const { settings } = openProject();
  const id = newId(file.type);
  const origin = { via: "command", submittedBy: userInfo().username, submittedAt: new Date().toISOString() } as const;
  try {
    const { steps } = await planJob(await entry.load(), {
      job: jobOf(id, file, entry.type.shape.parse(file.parameters), origin),
      attempt: 1,
      settings,
      sessions: sessionIds(id, 1),
      succeeded: [],
      signal: new AbortController().signal,
      emit: event => void (event.event === "note" && console.log(event.message)),
      proof: () => {},
    });
    return { steps, thing: thingOf(file.type) };
  } catch (error) {
    const { message, hint } = sentence(error);
    throw new CommandError(
      `${message}${hint ? ` ${hint}` : ""}`,
      isUnavailable(error) ? EXIT.unavailable : EXIT.failed,
    );
  }
}

function blocker({ table, ended }: Step): string {
  return `  ${table}: ${ended?.error.message}${ended?.error.hint ? ` ${ended.error.hint}` : ""}`;
}
