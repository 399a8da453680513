import { readFileSync } from "node:fs";
import { z } from "zod";
import { besideLogFile, type Layout } from "../../core/store/layout.ts";
import { replaceFile } from "../../core/system/atomic.ts";
import { DIFFERENCE_KINDS } from "./locate.ts";

const values = z.record(z.string(), z.string().nullable());
const count = z.string();
const named = z.array(z.object({ name: z.string(), rows: count }));

/** Where two tables differ, as it is kept beside the job's log: values of rows are in no record. */
export const differencesShape = z
  .object({
    left: z.string(),
    right: z.string(),
    key: z.array(z.string()),
    counts: z.record(z.enum(DIFFERENCE_KINDS), count),
    columns: named,
    partitions: named,
    rows: z.array(
      z.object({
        kind: z.enum(DIFFERENCE_KINDS),
        key: values,
        left: values.optional(),
        right: values.optional(),
        times: z.tuple([z.string(), z.string()]).optional(),
      }),
    ),
  })
  .meta({ id: "Differences" });

/** What is kept of the differences. */
export type Differences = z.infer<typeof differencesShape>;

/** Keeps where the two sides of a comparison differ. */
export function keepDifferences(layout: Pick<Layout, "logs">, id: string, found: Differences): void {
  replaceFile(besideLogFile(layout, id, "differences"), JSON.stringify(found), 0o600);
}

/** What was kept of them; undefined where nothing was, or the log was cleared away. */
export function readDifferences(layout: Pick<Layout, "logs">, id: string): Differences | undefined {
  try {
    return differencesShape.safeParse(JSON.parse(readFileSync(besideLogFile(layout, id, "differences"), "utf8"))).data;
  } catch {
    return undefined;
  }
}
