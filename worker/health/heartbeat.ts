import { lstatSync, renameSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type Health, type Heartbeat, heartbeatShape, readHeartbeat } from "../../core/store/heartbeat.ts";
import type { Layout } from "../../core/store/layout.ts";
import { freeName } from "../../core/store/names.ts";
import { moveToFreeName, writeOwnFile } from "../../core/system/atomic.ts";
import { shapedJson } from "../../core/system/json.ts";
import { bootId } from "../../core/system/process-identity.ts";
import type { Context } from "../context.ts";
import { beatFromElsewhere } from "../other-host.ts";
import { recordChanges } from "./changes.ts";

/** What changes from one beat to the next. */
export type Pulse = Omit<Heartbeat, "pid" | "host" | "bootId" | "since" | "at" | "ended" | "services">;

/**
 * Writes the heartbeat now and every few seconds. Returns how to end that, with a last beat. Where another host has begun to
 * write there, it ends at once and `replaced` is called.
 */
export function beat(context: Context, pulse: () => Pulse, replaced: (by: Heartbeat) => void): () => void {
  const since = new Date().toISOString();
  const record = recordChanges(context);
  let services: Record<string, Health> = {};
  let asking = false;
  let last: number | undefined;
  let isReplaced = false;
  write();
  const timer = setInterval(write, context.timing.heartbeatEvery);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (!isReplaced) write({ ended: true });
  };

  function write(more: Pick<Heartbeat, "ended"> = {}) {
    const { layout, host, log } = context;
    const me = { pid: process.pid, host, bootId: bootId(), since, at: new Date().toISOString() };
    const heartbeat: Heartbeat = { ...me, ...pulse(), ...more, services };
    try {
      const other = last === undefined ? undefined : beatFromElsewhere(layout);
      if (other) {
        isReplaced = true;
        clearInterval(timer);
        replaced(other);
        return;
      }
      // No fsync: after a crash nobody needs it.
      writeOwnFile(`${layout.heartbeat}.tmp`, shapedJson(heartbeatShape, heartbeat));
      const mine = statSync(`${layout.heartbeat}.tmp`).ino;
      makeWay(layout, last);
      renameSync(`${layout.heartbeat}.tmp`, layout.heartbeat);
      last = mine;
    } catch (error) {
      log.warn(`The heartbeat can't be written: ${(error as Error).message}`);
    }
    ask().catch(error => log.warn(`The services can't be checked: ${error.message}`));
  }

  // A service that hangs must not hold up the beat: what it answered last is shown.
  async function ask() {
    if (asking) return;
    asking = true;
    try {
      services = await context.health();
      record(services);
    } finally {
      asking = false;
    }
  }
}

// Somebody may have dropped a job of just this name.
function makeWay({ queue, heartbeat }: Layout, last: number | undefined): void {
  const stats = lstatSync(heartbeat, { throwIfNoEntry: false });
  if (!stats || stats.ino === last || readHeartbeat({ heartbeat })) return;
  moveToFreeName(heartbeat, join(queue, freeName(queue, basename(heartbeat))));
}
