import { z } from "zod";

const figuresShape = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())),
});

/** A table of figures: what its columns are called, and its rows in their order. Counts are decimal strings. */
export type AnalysisFigures = z.infer<typeof figuresShape>;

const sampleLineShape = z.strictObject({ source: z.string(), line: z.string(), raw: z.string() });

/** A line of a log file, where it stands and as it is written. */
export type SampleLine = z.infer<typeof sampleLineShape>;

const alertShape = z.strictObject({
  name: z.enum(["errorRate", "errors", "critical"]),
  value: z.number(),
  threshold: z.number(),
  message: z.string(),
  at: z.string(),
});

/** An alert: a figure is above its threshold. `at` is ISO 8601, UTC. */
export type Alert = z.infer<typeof alertShape>;

// How one file was read.
const readFormatShape = z.strictObject({
  source: z.string(),
  format: z.string(),
  rule: z.string().describe("How the level of a line is found, in words."),
  lines: z.string(),
  notParsed: z.string(),
  sure: z.number().exactOptional().describe("How many of the lines that were looked at have the format, from 0 to 1."),
});

export const analysisShape = z
  .strictObject({
    lines: z.string().describe("Lines of the files."),
    records: z.string().describe("Records that they make: a stack trace belongs to the line above it."),
    notParsed: z.string(),
    continuations: z.string().exactOptional().describe("Lines that belong to the record above."),
    headers: z.string().exactOptional().describe("Lines that name columns."),
    warning: z
      .string()
      .exactOptional()
      .describe("Set where too few of the lines were understood for the figures to be believed."),
    notParsedSamples: z.array(sampleLineShape),
    from: z.string().exactOptional().describe("The first time in them."),
    to: z.string().exactOptional().describe("The last time in them."),
    formats: z.array(readFormatShape),
    levels: z.record(z.string(), z.string()).describe("How many records there are of each level."),
    thresholds: z.strictObject({ errorRate: z.number(), errors: z.number(), critical: z.number() }),
    alerts: z.array(alertShape),
    figures: z.record(z.string(), figuresShape).describe("The analyses by name."),
    reports: z.array(z.string()).describe("The names of the reports that were written."),
  })
  .meta({ id: "LogAnalysis" });

/** What an analysis of logs found, whole, so that it can be seen again without Spark. Counts are decimal strings. */
export type LogAnalysis = z.infer<typeof analysisShape>;
