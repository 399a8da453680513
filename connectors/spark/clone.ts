import { randomUUID } from "node:crypto";
import type { Channel } from "./channel.ts";
import { type Caller, connect } from "./connection.ts";

/**
 * Makes a session that has no class loader of its own. Connect gives one to each, for jars that its client may send, and
 * what a query becomes in Java is then compiled anew for every session, and never collected. Whether a session has one is
 * settled by the first call that names it; only a clone can be told before. Best effort: Spark 4.0 knows no clones, and a
 * session that is there already stays as it is.
 */
export async function cloneInto(channel: Channel, caller: Caller, milliseconds: number): Promise<void> {
  const template = connect(channel, { ...caller, sessionId: randomUUID() });
  try {
    await template.unary("Config", { operation: { set: { pairs: SHARED } } }, milliseconds);
    await template.unary("CloneSession", { new_session_id: caller.sessionId }, milliseconds);
  } catch {
    // The call that follows tells what is wrong with the server, if anything is.
  } finally {
    // Nobody waits for it.
    template.unary("ReleaseSession", {}).catch(() => undefined);
  }
}

const SHARED = [
  { key: "spark.sql.artifact.isolation.enabled", value: "false" },
  { key: "spark.sql.artifact.isolation.alwaysApplyClassloader", value: "false" },
];
