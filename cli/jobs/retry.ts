import { parseArgs } from "node:util";
import { EXIT } from "../../core/jobs/states.ts";
import { retryFile } from "../../engines/runner/retry.ts";
import { CommandError, openProject } from "../failure.ts";
import { findTyped } from "./read-job.ts";
import { submitAndTell } from "./submit.ts";

/** `retry <id> [--failed | --all] [--wait]`: a new job with the tables that did not succeed, or with all of them. */
export async function retry(words: string[]): Promise<number> {
  const options = { failed: { type: "boolean" }, all: { type: "boolean" }, wait: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  if (values.failed && values.all)
    throw new CommandError(
      "--failed takes the tables that did not succeed, --all takes every one: choose.",
      EXIT.badJob,
    );
  const { layout } = openProject();
  const found = findTyped(layout, positionals[0], "retry <id> [--all] [--wait]");
  if (found.state !== "ended")
    throw new CommandError(`${found.id} has not ended, it is ${found.state}: only what has ended can be run again.`);
  const file = retryFile(found.record, values.all ? "all" : "failed");
  if (file) return await submitAndTell(layout, file, values.wait === true);
  throw new CommandError(
    `Nothing is left to do of ${found.id}. To run the whole again: npm run job -- retry ${found.id} --all`,
  );
}
