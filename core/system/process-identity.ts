import { bootId, processStart } from "../../setup/identity.mjs";
import type { ProcessIdentity } from "../jobs/running.ts";

export { bootId, processStart };

/** Who a living process is; undefined if there is none (one that ended and was not yet waited for has ended). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const start = processStart(pid);
  return start === undefined ? undefined : { pid, start, bootId: bootId() };
}

/** Whether exactly this process still lives: same pid, same start, same boot. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && processStart(identity.pid) === identity.start;
}
