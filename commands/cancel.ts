import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { requestCancel } from "../files/cancel.ts";
import { EXIT } from "../jobs/states.ts";
import { findTyped } from "./find.ts";
import { openProject } from "./open.ts";
import { isWorkerAlive } from "./worker-alive.ts";

/** `cancel <id> [--reason text]`: leaves the wish for the worker, and says what will happen. */
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
  const reason = values.reason ? { reason: values.reason } : {};
  requestCancel(layout, id, { by: userInfo().username, at: new Date().toISOString(), ...reason });
  console.log(
    found.state === "queued"
      ? `${id} will be cancelled: it goes to archive/ without being run.`
      : `${id} will be cancelled: what it does in Spark is interrupted and its engine ended. Tables done by then stay.`,
  );
  if (!isWorkerAlive(layout))
    console.log("No worker is running: the wish waits in queue/cancel/ until `npm start` or `npm run worker`.");
  return EXIT.succeeded;
}
