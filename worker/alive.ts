import { hostname } from "node:os";
import { readJson } from "../files/json.ts";
import type { Layout } from "../files/layout.ts";
import { startOf } from "../files/process-identity.ts";
import type { Heartbeat } from "./heartbeat.ts";

const SILENT_AFTER = 15_000;

/** The last heartbeat of a worker of this DATA_DIR, if there was one. */
export function readHeartbeat({ heartbeat }: Pick<Layout, "heartbeat">): Heartbeat | undefined {
  try {
    const beat = readJson<Heartbeat>(heartbeat);
    return typeof beat?.pid === "number" ? beat : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the worker of a heartbeat has given a sign of life lately, and its process is there. */
export function isAlive(beat: Pick<Heartbeat, "at" | "host" | "pid"> | undefined): boolean {
  if (!beat || Date.now() - Date.parse(beat.at) > SILENT_AFTER) return false;
  return beat.host !== hostname() || startOf(beat.pid) !== undefined;
}
