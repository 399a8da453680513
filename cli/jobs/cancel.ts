import { parseArgs } from "node:util";
import { cancelAs } from "../../core/actions/jobs.ts";
import { EXIT } from "../../core/jobs/states.ts";
import { titleOf } from "../../engines/runner/about.ts";
import { openProject } from "../failure.ts";
import { isWorkerAlive, terminalContext } from "../words.ts";
import { findTyped } from "./read-job.ts";

/** `cancel <id> [--reason text]`: writes a cancel request for the worker, with its audit event, and says what will happen. */
export function cancel(words: string[]): number {
  const options = { reason: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const { layout } = openProject();
  const found = findTyped(layout, positionals[0], "cancel <id> [--reason text]");
  const id = found.id ?? "";
  if (found.state === "ended") {
    console.log(`${id} has ended already (${found.record.status}): there is nothing to cancel.`);
    return EXIT.failed;
  }
  const title = titleOf(found.file?.type, found.file?.parameters);
  const isNew = cancelAs(terminalContext(layout), id, title, values.reason);
  const will =
    found.state === "queued"
      ? "will be cancelled: it goes to archive/ without being run."
      : "will be cancelled: what it does in Spark is interrupted and its engine ended. Tables done by then stay.";
  console.log(`${id} ${isNew ? will : "is being cancelled already."}`);
  if (!isWorkerAlive(layout))
    console.log(
      "No worker is running: the cancel request waits in queue/cancel/ until `npm start` or `npm run worker`.",
    );
  return EXIT.succeeded;
}
