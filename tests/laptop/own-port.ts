import { randomInt } from "node:crypto";
import { freePort } from "../../laptop/ports.ts";

/**
 * A free port for what is killed and started again where it was: the system gives those below 32768 to no connection that
 * goes out, so that nobody who tries in vain to reach it takes the port itself.
 */
export function ownPort(): Promise<number> {
  return freePort(randomInt(20_000, 30_000));
}
