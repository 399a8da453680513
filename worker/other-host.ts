import { readdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { claimShape } from "../core/jobs/running.ts";
import { type Heartbeat, readHeartbeat } from "../core/store/heartbeat.ts";
import { type Layout, runningFiles } from "../core/store/layout.ts";
import { jobOfRunning } from "../core/store/names.ts";
import { readShaped } from "../core/system/json.ts";
import { bootId } from "../core/system/process-identity.ts";

/**
 * The last heartbeat of a worker on another host that has not given the folder up: it has not ended, or engines of its jobs
 * run on there. A lock does not reach from host to host on every shared folder.
 */
export function holderElsewhere(layout: Layout): Heartbeat | undefined {
  const beat = beatFromElsewhere(layout);
  return beat?.ended && !hasClaimsElsewhere(layout) ? undefined : beat;
}

/** The heartbeat in the folder, if a worker on another host wrote it. */
export function beatFromElsewhere(layout: Layout): Heartbeat | undefined {
  const beat = readHeartbeat(layout);
  if (!beat || beat.host === hostname() || beat.bootId === bootId()) return undefined;
  return isOurUsers(layout) ? beat : undefined;
}

/** What a worker that stands by says of the other one. */
export function elsewhereText({ pid, host, at, ended }: Heartbeat): string {
  const what = ended
    ? `The worker on ${host} has ended (${at}), and engines of its jobs run on there.`
    : `The worker of this folder is process ${pid} on ${host}; its last sign of life is of ${at}.`;
  return `${what} This one stands by. It never takes over by itself from a host that is silent: where ${host} is off for good, run \`npm run worker -- --take-over\`.`;
}

function hasClaimsElsewhere(layout: Layout): boolean {
  const ids = new Set(readdirSync(layout.running).map(name => jobOfRunning(name) ?? ""));
  const claims = [...ids].map(id => readShaped(runningFiles(layout, id).claim, claimShape));
  return claims.some(claim => claim && claim.host !== hostname());
}

// Whoever may drop jobs may drop a file of this name: only one of the worker's own user is believed.
function isOurUsers({ heartbeat, lock }: Layout): boolean {
  const [beat, own] = [heartbeat, lock].map(path => statSync(path, { throwIfNoEntry: false })?.uid);
  return beat !== undefined && (own === undefined || beat === own);
}
