import { z } from "zod";
import type { JobType } from "../engine.ts";

const shape = z.strictObject({
  namespace: z.string().min(1, "expected a namespace, or a Hive database"),
  from: z.string().default("hive"),
});

/** What a `check-drift` job asks for: a namespace, and the catalog that has it. */
export type CheckDrift = z.infer<typeof shape>;

/** How far copies are behind: every table of a namespace, and every place that it was copied to or came from. */
export const checkDrift: JobType<CheckDrift> = {
  type: "check-drift",
  lane: "light",
  readOnly: true,
  shape,
  title: ({ from, namespace }) => `Check drift of ${from}.${namespace}`,
  writes: () => [],
};
