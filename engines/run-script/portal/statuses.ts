import type { ShownState } from "../../../views/format/state.ts";

/** The words that the keepers of scripts have for how one is doing. */
export const SCRIPT_STATUSES = ["pending", "running", "success", "failed"] as const;
export type ScriptStatus = (typeof SCRIPT_STATUSES)[number];

/** What is known of a script: what goes on with it now, and how its last run ended. */
export interface ScriptHistory {
  now?: { job: string; state: "queued" | "running" };
  last?: {
    job: string;
    at: string;
    outcome: "succeeded" | "failed" | "cancelled" | "skipped";
    /** The SHA-256 of what ran; missing where nothing did. */
    sha256?: string;
    attempt?: number;
    exitCode?: number;
  };
}

/** A script's status in their words, by what we know, and why where the word does not tell. The one place that maps them. */
export function statusOf(
  { now, last }: ScriptHistory,
  sha256: string | undefined,
): { status: ScriptStatus; why?: string } {
  if (now?.state === "running") return { status: "running" };
  if (now) return { status: "pending", why: "waits in the queue" };
  if (!last) return { status: "pending" };
  if (last.outcome === "cancelled" || last.outcome === "skipped") return { status: "pending", why: "was cancelled" };
  // Bytes that were never run have no result.
  if (last.sha256 && sha256 && last.sha256 !== sha256)
    return {
      status: "pending",
      why: last.outcome === "succeeded" ? "changed since its success" : "changed since it failed",
    };
  if (last.outcome === "succeeded") return { status: "success" };
  return { status: "failed", why: last.exitCode === undefined ? "was not run" : `exit code ${last.exitCode}` };
}

/** How each is drawn. */
export const STATUS_LOOKS: Readonly<Record<ScriptStatus, readonly [shown: ShownState, word: string]>> = {
  pending: ["pending", "Pending"],
  running: ["running", "Running"],
  success: ["succeeded", "Success"],
  failed: ["failed", "Failed"],
};
