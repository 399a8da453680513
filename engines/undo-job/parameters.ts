import { z } from "zod";
import { isId } from "../../core/jobs/id.ts";
import { layoutOf } from "../../core/store/layout.ts";
import type { JobType } from "../engine.ts";
import { archivedJob, undoneOutcomes } from "./undone.ts";

const id = z.string().refine(isId, "expected the id of a job");

const shape = z.strictObject({
  job: id.describe("The job to undo, as the archive has it."),
  tables: z
    .array(z.string().min(1).max(600))
    .min(1)
    .max(10_000)
    .describe("Only these of its targets, by their whole names; without it all of them.")
    .optional(),
  alsoBuiltOn: z
    .array(id)
    .max(1000)
    .describe("Later jobs that used or changed what this one made, and that may lose it.")
    .default([]),
});

/** What an `undo-job` job asks for. */
export type UndoJob = z.infer<typeof shape>;

/** Takes back what another job made, where nobody has built on it. */
export const undoJob: JobType<UndoJob> = {
  type: "undo-job",
  lane: "light",
  itemNoun: ["target", "targets"],
  maxAttempts: 3,
  shape,
  title: ({ job, tables }) => (tables ? `Undo ${countTargets(tables)} of ${job}` : `Undo ${job}`),
  // Nobody may write meanwhile what is taken back. The record says what that is.
  writes(parameters, { DATA_DIR }) {
    const record = archivedJob(layoutOf(DATA_DIR), parameters.job);
    const targets = record ? undoneOutcomes(record, parameters.tables).map(({ target }) => target) : [];
    return [...new Set(targets.flatMap(target => [target, target.toLowerCase()]))];
  },
  retryParameters: (parameters, tables) => ({ ...parameters, tables: [...tables] }),
};

function countTargets(tables: readonly string[]): string {
  return tables.length === 1 ? (tables[0] ?? "") : `${tables.length} targets`;
}
