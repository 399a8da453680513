import type { Claim } from "../jobs/running.ts";

/** Whether the Spark sessions of a claim are known to be gone, with all that they wrote. */
export type Gone = { gone: true } | { gone: false; why: string };

/** What the worker does about the Spark sessions of an engine that it can no longer ask. */
export interface Sessions {
  /** Interrupts whatever runs in them, at once. */
  interrupt(claim: Claim): Promise<void>;
  /** Makes sure that nothing of them runs or lands any more. Waits for an unreachable server, but not for ever. */
  end(claim: Claim, patience: { milliseconds: number; signal: AbortSignal }): Promise<Gone>;
}

/** For a worker whose engines open no sessions. */
export const noSessions: Sessions = { interrupt: async () => {}, end: async () => ({ gone: true }) };
