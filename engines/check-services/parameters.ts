import { z } from "zod";
import type { JobType } from "../engine.ts";

const shape = z.strictObject({
  only: z.array(z.string().min(1)).min(1).max(100).optional(),
});

/** What a `check-services` job asks for: the names of the services to look at; without them, all. */
export type CheckServices = z.infer<typeof shape>;

/** Whether everything that jobs need answers, and how to mend what does not. */
export const checkServices: JobType<CheckServices> = {
  type: "check-services",
  lane: "light",
  readOnly: true,
  itemNoun: ["service", "services"],
  shape,
  title: ({ only }) => (only ? `Check ${only.join(", ")}` : "Check every service"),
  writes: () => [],
};
