import { existsSync } from "node:fs";
import { recordDeed } from "../audit/deeds.ts";
import { titleOf } from "../engines/about.ts";
import { Refusal, type Visit } from "../engines/page.ts";
import { retryFile } from "../engines/retry.ts";
import { cancelFile, requestCancel } from "../files/cancel.ts";
import { listQueued, listRunning } from "../files/jobs-on-disk.ts";
import { findAsked } from "./find-job.ts";

/** Who does something to a job, and by which door. */
export type Doer = Pick<Visit, "portal" | "person" | "address" | "via">;

/** What came of a deed: the job to look at now, and a sentence about it. */
export interface Done {
  id: string;
  told: string;
}

/** Leaves the wish to cancel a job for the worker. Throws a Refusal where there is nothing to cancel. */
export function cancelJob({ portal, person, address }: Doer, id: string, reason = ""): Done {
  const { layout } = portal;
  const found = findAsked(portal, id);
  if (found.state === "ended")
    throw new Refusal(409, `${id} has ended already (${found.record.status}): there is nothing to cancel.`);
  if (existsSync(cancelFile(layout, id))) return { id, told: `${id} is being cancelled already.` };
  const at = new Date().toISOString();
  requestCancel(layout, id, { by: person.name, at, ...(reason && { reason }) });
  recordDeed(layout, {
    at,
    by: person.name,
    role: person.role,
    from: address,
    what: "cancel",
    job: id,
    about: titleOf(found.file?.type, found.file?.parameters),
    ...(reason && { detail: reason }),
  });
  const will =
    found.state === "queued"
      ? "will be cancelled: it goes to the archive without being run."
      : "will be cancelled: what it does in Spark is interrupted. Tables that are done stay.";
  const waits = portal.workerLives() ? "" : " No worker is running: the wish waits for one.";
  return { id, told: `${id} ${will}${waits}` };
}

/** Starts a new job with the tables that did not succeed, or with all. Throws a Refusal where none is left. */
export function retryJob(doer: Doer, id: string, all: boolean): Done {
  const { portal } = doer;
  const found = findAsked(portal, id);
  if (found.state !== "ended")
    throw new Refusal(409, `${id} has not ended, it is ${found.state}: only what has ended can be run again.`);
  const under = [...listQueued(portal.layout), ...listRunning(portal.layout)].find(({ file }) => file?.retryOf === id);
  if (under?.id) throw new Refusal(409, `${id} is being run again already.`, `Look at ${under.id}.`);
  const file = retryFile(found.record, all);
  if (!file) throw new Refusal(409, `Nothing is left to do of ${id}.`, ALL[doer.via]);
  const made = portal.submit(doer, file);
  const waits = portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return { id: made, told: `${id} is run again as ${made}.${waits}` };
}

const ALL: Readonly<Record<Doer["via"], string>> = {
  portal: "All of it can be run again, if that is meant.",
  api: 'To run all of it again, send { "all": true }.',
};
