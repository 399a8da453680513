import { z } from "zod";
import { STATES } from "../../jobs/states.ts";
import { figure, instant } from "./shapes.ts";

/** An analysis that has ended, as a list has it. */
export const pastShape = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    files: z.array(z.string()).describe("What was asked for; empty where it was the folders of analyses.json."),
    by: z.string(),
    state: z.enum(STATES),
    at: instant.describe("When it ended."),
    lines: z.int().optional().describe("Missing where it came to nothing."),
    errors: z.int().optional(),
    notParsed: z.int().optional(),
    alerts: z.int().optional(),
    error: z.string().optional(),
  })
  .meta({ id: "PastAnalysis" });

const alert = z.strictObject({
  name: z.enum(["errorRate", "errors", "critical"]),
  value: z.number(),
  threshold: z.number(),
  message: z.string(),
  at: instant,
});

/** What an analysis found, whole. */
export const analysisShape = z
  .strictObject({
    lines: figure,
    records: figure.describe("A stack trace belongs to the line above it."),
    notParsed: figure,
    notParsedSamples: z.array(z.strictObject({ source: z.string(), line: figure, raw: z.string() })),
    from: instant.optional(),
    to: instant.optional(),
    formats: z.array(
      z.strictObject({
        source: z.string(),
        format: z.string(),
        rule: z.string().describe("How the levels are told."),
        lines: figure,
        notParsed: figure,
      }),
    ),
    levels: z.record(z.string(), figure),
    thresholds: z.strictObject({ errorRate: z.number(), errors: z.number(), critical: z.number() }),
    alerts: z.array(alert),
    figures: z
      .record(
        z.string(),
        z.strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.string().nullable())) }),
      )
      .describe("The analyses by name."),
    reports: z.array(z.string()).describe("To download at /analyses/{id}/reports/{name}."),
  })
  .meta({ id: "Analysis" });
