import type { LogAnalysis } from "./analysis.ts";
import type { OutcomeState } from "./states.ts";

/** Why something failed: one sentence, and what a person can do about it. */
export interface JobError {
  message: string;
  class?: string;
  sqlState?: string;
  hint?: string;
}

/** How far a target was compared with its source, and what came of it. */
export interface ProofSummary {
  level: "read-back" | "metadata" | "none";
  verdict: "equal" | "differs" | "not checked" | "agrees";
}

/** What happened to one table (file, script) of a job. 64-bit figures are decimal strings; seconds have three places. */
export interface Outcome {
  table: string;
  target: string;
  outcome: OutcomeState;
  rows?: string;
  bytes?: string;
  files?: number;
  seconds: number;
  sourceSnapshot?: string;
  targetSnapshot?: string;
  metadataFile?: string;
  proof?: ProofSummary;
  notes?: string[];
  /** What else was counted, by name; decimal strings. */
  figures?: Readonly<Record<string, string>>;
  /** How long its parts took, by name; seconds. */
  timings?: Readonly<Record<string, number>>;
  /** What an analysis of logs found. */
  analysis?: LogAnalysis;
  error?: JobError;
}
