import { z } from "zod";
import { analysisShape } from "./analysis.ts";
import { OUTCOMES } from "./states.ts";

const text = z.string().exactOptional();

export const jobErrorShape = z
  .strictObject({
    message: z.string(),
    class: text,
    sqlState: text,
    hint: text,
    refused: z
      .literal(true)
      .exactOptional()
      .describe("The plan refused it: another attempt fails again until the source or the job is changed."),
    sql: text.describe("A statement that is the way out, ready to run."),
  })
  .meta({ id: "JobError" });

/** Why something failed: one sentence, and what a person can do about it. */
export type JobError = z.infer<typeof jobErrorShape>;

const proofSummaryShape = z.strictObject({
  level: z.enum(["read-back", "metadata", "compared", "none"]),
  verdict: z.enum(["equal", "differs", "not checked", "agrees"]),
  witness: z.literal("agrees").exactOptional().describe("Hive itself was asked about the copy, and agrees."),
});

/** How far a target was compared with its source, and what came of it. */
export type ProofSummary = z.infer<typeof proofSummaryShape>;

const driftShape = z
  .strictObject({
    at: z.string().describe("When it was looked at."),
    there: z.boolean().describe("Whether there is such a table."),
    snapshot: text.describe("Its current snapshot, where it has snapshots."),
    changedAt: text.describe("When it was last changed, as far as its catalog knows."),
    rows: text,
    bytes: text,
    files: text,
    metadataFile: text.describe("The metadata file that it stands on."),
    behind: z
      .record(z.string(), z.number())
      .exactOptional()
      .describe("How many snapshots came after one that was copied, by its id, without those that only rewrote files."),
  })
  .meta({ id: "Drift" });

/** What a look at a table found, without reading its rows. Figures are decimal strings, times ISO in UTC. */
export type DriftFact = z.infer<typeof driftShape>;

const targetChangeShape = z.strictObject({
  created: z.literal(true).exactOptional().describe("Nothing was there: the job made the target."),
  replaced: z.literal(true).exactOptional().describe("It was made anew, with other columns or over another table."),
  snapshotBefore: text.describe("The snapshot that was current; absent where there was none."),
  metadataFileBefore: text.describe("The metadata file that it stood on, where a job moves it from one to another."),
});

/** What stood under the name of a target before a job wrote it: what undoing the job has to bring back. */
export type TargetChange = z.infer<typeof targetChangeShape>;

export const outcomeShape = z
  .strictObject({
    table: z.string(),
    target: z.string(),
    outcome: z.enum(OUTCOMES),
    rows: text,
    bytes: text,
    files: z.number().exactOptional(),
    seconds: z.number(),
    sourceSnapshot: text,
    targetSnapshot: text,
    metadataFile: text,
    change: targetChangeShape
      .exactOptional()
      .describe("Absent where an attempt before this one may have written the target already."),
    undoes: z.string().exactOptional().describe("The job whose change of the target was taken back."),
    proof: proofSummaryShape.exactOptional(),
    notes: z.array(z.string()).exactOptional(),
    figures: z.record(z.string(), z.string()).exactOptional().describe("What else was counted, by name."),
    timings: z.record(z.string(), z.number()).exactOptional().describe("How long its parts took, by name; seconds."),
    analysis: analysisShape.exactOptional().describe("What an analysis of logs found."),
    drift: driftShape.exactOptional().describe("What a look at the table found."),
    error: jobErrorShape.exactOptional(),
  })
  .meta({ id: "Outcome" });

/** What happened to one table (file, script) of a job. 64-bit figures are decimal strings; seconds have three places. */
export type Outcome = z.infer<typeof outcomeShape>;
