import { z } from "zod";
import { provenTables } from "../../core/jobs/followups.ts";
import type { Lane } from "../../core/jobs/states.ts";
import type { JobType } from "../../engines/engine.ts";

const table = z.union([z.string(), z.strictObject({ name: z.string(), snapshot: z.string().optional() })]);

const shape = z.strictObject({
  sleepMs: z.int().default(0),
  /** A file to which each run appends a line. */
  write: z.string().optional(),
  tables: z.array(table).default([]),
  failTables: z.array(z.string()).default([]),
  failAttempts: z.int().default(0),
  crashAttempts: z.int().default(0),
  exit: z.int().optional(),
  deaf: z.boolean().default(false),
  /** Told to stop it does its work at once, as a stream comes to its end. */
  ends: z.boolean().default(false),
  targets: z.array(z.string()).default([]),
  n: z.int().default(0),
});

/** The job types of the tests: one for each lane, all run by tests/worker/engine.ts. */
export const testTypes: Readonly<Record<string, JobType>> = Object.fromEntries(
  (["copy", "light", "stream"] as const).map(lane => [lane, testType(lane)]),
);

function testType(lane: Lane): JobType {
  return {
    type: lane,
    lane,
    shape,
    title: () => `a ${lane} job of a test`,
    writes: parameters => parameters.targets as string[],
    followUpParameters: (_, outcomes) => ({ tables: provenTables(outcomes) }),
  };
}
