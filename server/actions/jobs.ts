import { cancelAs } from "../../core/actions/jobs.ts";
import { listQueued, listRunning } from "../../core/store/jobs-on-disk.ts";
import { auditContext, HttpError, type RequestContext } from "../../engines/portal/page.ts";
import { titleOf } from "../../engines/runner/about.ts";
import { type RetryScope, retryFile } from "../../engines/runner/retry.ts";
import { findRequestedJob } from "../state/find-job.ts";

/** The person who acts on a job, and through which channel. */
export type Actor = Pick<RequestContext, "portal" | "person" | "address" | "via">;

/** The result of an action: the job to show next, and a message. */
export interface ActionResult {
  id: string;
  notice: string;
}

/** Writes a cancel request for the worker. Throws an HttpError if there is nothing to cancel. */
export function cancelJob(actor: Actor, id: string, reason = ""): ActionResult {
  const { portal } = actor;
  const found = findRequestedJob(portal, id);
  if (found.state === "ended")
    throw new HttpError(409, `${id} has ended already (${found.record.status}): there is nothing to cancel.`);
  const title = titleOf(found.file?.type, found.file?.parameters);
  if (!cancelAs(auditContext(actor), id, title, reason)) return { id, notice: `${id} is being cancelled already.` };
  const will =
    found.state === "queued"
      ? "will be cancelled: it goes to the archive without being run."
      : "will be cancelled: what it does in Spark is interrupted. Tables that are done stay.";
  const waits = portal.workerLives() ? "" : " No worker is running: the request waits for one.";
  return { id, notice: `${id} ${will}${waits}` };
}

/** Starts a new job with the tables that did not succeed, or with all. Throws an HttpError where none is left. */
export function retryJob(actor: Actor, id: string, scope: RetryScope): ActionResult {
  const { portal } = actor;
  const found = findRequestedJob(portal, id);
  if (found.state !== "ended")
    throw new HttpError(409, `${id} has not ended, it is ${found.state}: only what has ended can be run again.`);
  const under = [...listQueued(portal.layout), ...listRunning(portal.layout)].find(({ file }) => file?.retryOf === id);
  if (under?.id) throw new HttpError(409, `${id} is being run again already.`, `Look at ${under.id}.`);
  const file = retryFile(found.record, scope);
  if (!file) throw new HttpError(409, `Nothing is left to do of ${id}.`, ALL[actor.via]);
  const made = portal.submit(actor, file);
  const waits = portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return { id: made, notice: `${id} is run again as ${made}.${waits}` };
}

const ALL: Readonly<Record<Actor["via"], string>> = {
  portal: "All of it can be run again, if that is meant.",
  api: 'To run all of it again, send { "all": true }.',
};
