import { z } from "zod";
import { DEEDS } from "../../audit/deeds.ts";
import { OUTCOMES } from "../../jobs/states.ts";
import { figure, incomplete, instant, jobShape, next } from "./shapes.ts";

const count = z.int().min(0);

const totalsShape = z
  .strictObject({
    ...{ jobs: count, succeeded: count, failed: count, cancelled: count },
    ...{ tables: count, tablesSucceeded: count, tablesFailed: count, tablesSkipped: count },
    ...{ rows: figure, bytes: figure, seconds: z.number(), people: count },
    ...{ provenEqual: count, provenAgrees: count, notChecked: count, provenDiffers: count },
  })
  .meta({ id: "Totals" });

const outcomeShape = z
  .strictObject({
    job: z.string(),
    place: count.describe("Its place among the tables of its job, from 0."),
    type: z.string(),
    status: z.enum(["succeeded", "failed", "cancelled"]),
    submittedBy: z.string(),
    finishedAt: instant,
    table: z.string(),
    target: z.string(),
    outcome: z.enum(OUTCOMES),
    rows: figure.optional(),
    bytes: figure.optional(),
    files: count.optional(),
    seconds: z.number(),
    sourceSnapshot: z.string().optional(),
    targetSnapshot: z.string().optional(),
    metadataFile: z.string().optional(),
    proof: z.strictObject({ level: z.string(), verdict: z.string() }).optional(),
    notes: z.array(z.string()).optional(),
    error: z.string().optional(),
  })
  .meta({ id: "Outcome" });

const deedShape = z
  .strictObject({
    at: instant,
    by: z.string(),
    role: z.string().optional(),
    from: z.string().optional(),
    what: z.enum(DEEDS),
    job: z.string().optional(),
    about: z.string().optional(),
    detail: z.string().optional(),
  })
  .meta({ id: "Deed" });

/** A page of the audit: one of the three lists, as `view` says. */
export const auditShape = z.strictObject({
  view: z.enum(["jobs", "tables", "deeds"]),
  from: z.string(),
  to: z.string(),
  totals: totalsShape.optional(),
  jobs: z.array(jobShape).optional(),
  tables: z.array(outcomeShape).optional(),
  deeds: z.array(deedShape).optional(),
  next,
  incomplete,
});
