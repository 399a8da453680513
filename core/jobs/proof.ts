import { z } from "zod";

const text = z.string().exactOptional();
const count = z.number().exactOptional();

const sideShape = z.looseObject({
  rows: text,
  sum: text.describe("The sum of 64-bit hashes of all rows."),
  sum2: text.describe("The same of other hashes."),
  xor: text,
  columns: z
    .array(z.looseObject({ name: z.string(), count: text, min: z.string().nullish(), max: z.string().nullish() }))
    .exactOptional(),
});

export const proofLineShape = z
  .looseObject({
    at: z.string(),
    attempt: z.number(),
    table: z.string(),
    target: z.string(),
    level: z.string(),
    verdict: z.string(),
    sourceSnapshot: text,
    targetSnapshot: text,
    metadataFile: text,
    columns: z.array(z.string()).exactOptional(),
    source: sideShape.exactOptional(),
    targetFigures: sideShape.exactOptional(),
    differences: z.array(z.string()).exactOptional(),
    notes: z.array(z.string()).exactOptional(),
    sourceFiles: z
      .looseObject({
        listed: z.number(),
        read: z.number(),
        empty: z.number(),
        unlistedPartitions: count,
        tables: count,
        unchecked: count,
      })
      .exactOptional()
      .describe("Of a Hive table: its data files, and those that rows came from."),
    sql: text.describe("Takes the figures of the target again."),
  })
  .meta({ id: "Proof" });

/** A line of `<id>.proofs.ndjson`. What engines add for their own kind of proof is kept. */
export type ProofLine = z.infer<typeof proofLineShape>;
