import { z } from "zod";
import type { TableName } from "../../connectors/iceberg/names.ts";
import { DURATIONS, type DurationUnit } from "../../formats/logs/format.ts";
import type { JobType } from "../engine.ts";
import { thresholdsShape } from "./report/thresholds.ts";

/** `auto`, a format that is known, or a pattern of `analyses.json`; whether there is one of that name is seen when it runs. */
export const formatName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "expected auto, csv, syslog, spark, hadoop, access, json or the name of a pattern");

/** The year of lines that have none. */
export const year = z.int().min(1970).max(9999);

/** The time zone of times that have none. */
export const timeZone = z.string().max(64).refine(isTimeZone, "expected a time zone, such as UTC or Europe/Berlin");

/** The unit of durations whose lines tell none. */
const durations = z.enum(Object.keys(DURATIONS) as [DurationUnit, ...DurationUnit[]]);

/** How many rows the lists have. */
export const topN = z.int().min(1).max(1000);

const shape = z.strictObject({
  files: z
    .array(z.string().min(1, "expected an uploaded file, a path, hdfs://… or abfss://…").max(4096))
    .min(1)
    .max(1000)
    .optional(),
  format: formatName.default("auto"),
  year: year.optional(),
  timeZone: timeZone.default("UTC"),
  dayFirst: z.boolean().optional(),
  durations: durations.optional(),
  thresholds: thresholdsShape.optional(),
  topN: topN.optional(),
  webhook: z.boolean().default(false),
});

/** What an `analyze-logs` job asks for. Without `files` it is the folders of `analyses.json`. */
export type AnalyzeLogs = z.infer<typeof shape>;

/** The namespace of the lake that holds a table for each analysis. */
export const ANALYSES = { catalog: "lake", namespace: "analyses" } as const;

/** The property of such a table that names the job which made it. */
export const JOB_PROPERTY = "portal.job";

/** The table that a job writes its lines into. */
export function linesTable(id: string): TableName {
  return { ...ANALYSES, table: id.replaceAll("-", "_").toLowerCase() };
}

/** Log files into a table of their lines, and what went wrong in them. */
export const analyzeLogs: JobType<AnalyzeLogs> = {
  type: "analyze-logs",
  lane: "copy",
  shape,
  itemNoun: ["log", "logs"],
  title: ({ files = [] }) => {
    const names = files.map(file => file.replace(/\/+$/, "")).map(file => file.slice(file.lastIndexOf("/") + 1));
    if (names.length === 0) return "Analyse the folders of logs";
    return names.length > 2 ? `Analyse ${names.length} logs` : `Analyse ${names.join(" and ")}`;
  },
  // Each writes a table of its own, named by its id.
  writes: () => [],
};

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
