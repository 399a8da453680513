import { z } from "zod";
import type { JobType } from "../engine.ts";

const shape = z.strictObject({});

/** What a `check-archive` job asks for: nothing but the archive. */
export type CheckArchive = z.infer<typeof shape>;

/** Whether every record is as it was archived; the report is made anew from them. */
export const checkArchive: JobType<CheckArchive> = {
  type: "check-archive",
  lane: "light",
  readOnly: true,
  itemNoun: ["archive", "archives"],
  shape,
  title: () => "Check the archive and make the report anew",
  writes: () => [],
};
