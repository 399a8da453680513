import pMap from "p-map";
import type { z } from "zod";
import type { Session } from "../connectors/spark/session.ts";
import type { JobFile } from "../core/jobs/envelope.ts";
import type { NewEvent, PlannedStep } from "../core/jobs/events.ts";
import type { Job } from "../core/jobs/job.ts";
import type { JobError, Outcome } from "../core/jobs/outcome.ts";
import type { ItemNoun, Lane } from "../core/jobs/states.ts";
import type { Settings } from "../core/settings.ts";
import type { TypePages } from "./portal/page.ts";

/** What the worker, the portal and the commands know of a job type without loading its engine. Pure. */
export interface JobType<P = Record<string, unknown>> {
  type: string;
  lane: Lane;
  shape: z.ZodObject;
  /** `ingest 4 tables from sales`: how a person would say it. */
  title(parameters: P): string;
  /** What its outcomes are about, where these are no tables. */
  itemNoun?: ItemNoun;
  /** Attempts of a job whose file does not say how many, where its engine died or a service was away; 1. */
  maxAttempts?: number;
  /** It changes nothing outside the archive: lists and counts leave it out unless asked for. */
  readOnly?: true;
  /** It reads the tables that its outcomes name and writes to none of them. */
  looksOnly?: true;
  /** Its outcomes name Iceberg tables or registrations on Snowflake that `undo-job` can bring back to what they were. */
  undoable?: true;
  /** The targets that a job writes, `lake.sales_iceberg.orders`, or `lake.sales_iceberg.*` before they are known. */
  writes(parameters: P, settings: Settings): string[];
  /** Parameters for the job that follows, from what succeeded here; the follow-up takes those that it knows. */
  followUpParameters?(parameters: P, outcomes: readonly Outcome[]): Record<string, unknown>;
  /** The parameters of a retry that takes only what did not succeed. */
  retryParameters?(parameters: P, tables: readonly string[]): P;
}

/** One step of a plan: a table, what will be done with it, and what the engine needs for that. */
export interface Step<D = unknown> extends PlannedStep {
  detail: D;
}

/** What a job will do. `parallel` steps run side by side, each with a Spark session of its own. */
export interface Plan<D = unknown> {
  steps: Step<D>[];
  parallel: number;
  /** Gives back what the plan holds for its steps, once they have ended or will not be run. Never throws. */
  end?(): Promise<void>;
}

/** What an engine is given for a plan. */
export interface PlanContext<P = Record<string, unknown>> {
  job: Job<P>;
  attempt: number;
  settings: Settings;
  /** The tables that were planned by an earlier attempt: `"*"` stays what it was. */
  planned?: readonly PlannedStep[];
  signal: AbortSignal;
  /** A Spark session for this plan or step, opened at the first call; `again` after its server was lost or restarted. */
  spark(how?: "again"): Promise<Session>;
  emit(event: NewEvent): void;
}

/** What an engine is given for a step. */
export interface StepContext<P = Record<string, unknown>> extends PlanContext<P> {
  /** Keeps a proof in full, beside the job while it runs and in the archive after. */
  proof(proof: object): void;
}

/** A program that does one type of job. `plan` changes nothing; `run` may be run again at any time. */
export interface Engine<P = Record<string, unknown>, D = unknown> {
  /** Loads the libraries that it will need, ahead of a job. */
  ready?(): Promise<unknown>;
  plan(context: PlanContext<P>): Promise<Plan<D>>;
  run(step: Step<D>, context: StepContext<P>): Promise<Omit<Outcome, "table" | "target" | "seconds">>;
}

/** A folder of the worker's machine whose files become jobs as they arrive. */
export interface ArrivalFolder {
  /** Absolute. */
  folder: string;
  isWanted(name: string): boolean;
  /** The job for files that have arrived together, by their whole paths. */
  jobFor(paths: readonly string[]): JobFile;
}

/** The folders of which a type's jobs are made without anybody asking; asked every few seconds. Throws a sentence. */
export interface Arrivals {
  type: string;
  folders(settings: Settings): readonly ArrivalFolder[];
}

/** How an engine is found: its type now, its program only when it is needed. */
export interface EngineEntry {
  type: JobType;
  load(): Promise<Engine>;
  /** What the type adds to the portal. */
  page?(): Promise<TypePages>;
  /** The folders that the worker watches for it. */
  arrivals?(): Promise<Arrivals>;
}

/** A step's failure whose sentence and hint are known where it is thrown. */
export class StepFailed extends Error {
  override name = "StepFailed";
  readonly jobError: JobError;
  constructor(jobError: JobError, options?: ErrorOptions) {
    super(jobError.message, options);
    this.jobError = jobError;
  }
}

/** Does something for each, eight at a time, and gives the results in the order of what was given. After an error none begins. */
export async function sideBySide<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  return await pMap(all, one => work(one), { concurrency: AT_ONCE });
}

const AT_ONCE = 8;
