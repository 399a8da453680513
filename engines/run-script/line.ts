import type { ScriptLine } from "../../views/pages/scripts.ts";
import type { ListedScript } from "./listing.ts";
import { STATUS_LOOKS, statusOf } from "./statuses.ts";

/** A script as pages show it. */
export function lineOf({ history, ...file }: ListedScript): ScriptLine {
  const { status, why } = statusOf(history, file.sha256);
  const [shown, word] = STATUS_LOOKS[status];
  const { now, last } = history;
  return {
    ...file,
    ...{ shown, word },
    ...(why && { why }),
    ...(now && { job: now.job }),
    ...(last && { last: { job: last.job, at: last.at, ...(last.attempt && { attempts: last.attempt }) } }),
  };
}
