import { existsSync, readFileSync } from "node:fs";
import { basename, isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { checkShape } from "../../core/jobs/parse/check-shape.ts";
import { parseJson } from "../../core/jobs/parse/json.ts";
import { placed } from "../../core/jobs/parse/problem.ts";
import { PROJECT, type Settings, SettingsError } from "../../core/settings.ts";
import { analysesFile } from "../../core/store/data-files.ts";
import type { LogFormat } from "../../formats/logs/format.ts";
import { named } from "../../formats/logs/formats/named.ts";
import { NAMES } from "../../formats/logs/list.ts";
import { ownLogFormats } from "../../formats/logs/own.ts";
import { formatName, timeZone, topN, year } from "./parameters.ts";
import { type Thresholds, thresholdsOf, thresholdsShape } from "./report/thresholds.ts";

const folder = z.string().min(1, "expected a folder").max(4096);
const window = z
  .string()
  .regex(/^(auto|[1-9]\d{0,3} (second|minute|hour|day)s?)$/, 'expected "auto", "5 minutes", "1 hour", "7 days", …');

const watched = z.strictObject({
  folder,
  /** Which of its files; `*` stands for any signs. */
  files: z.string().min(1).max(200).default("*"),
  format: formatName.optional(),
  year: year.optional(),
  timeZone: timeZone.optional(),
  thresholds: thresholdsShape.optional(),
  topN: topN.optional(),
  webhook: z.boolean().optional(),
});

const ownPattern = z.strictObject({
  pattern: z.string().min(1).max(2000),
  time: z.string().min(1).max(100).optional(),
  title: z.string().min(1).max(100).optional(),
  follows: z.enum(["none", "traces", "all"]).optional(),
});

const shape = z.strictObject({
  thresholds: thresholdsShape.default({}),
  topN: topN.default(10),
  timeWindows: z
    .strictObject({ histogram: window.default("auto"), trend: window.default("auto") })
    .default({ histogram: "auto", trend: "auto" }),
  folders: z.array(folder).max(100).default(["data/raw_logs"]),
  watch: z.array(watched).max(100).default([]),
  autoRefreshSeconds: z.int().min(2).max(3600).default(10),
  keepDays: z.int().min(0).max(36_500).default(90),
  webhookOnAlert: z.boolean().default(false),
  sparkMemory: z
    .string()
    .regex(/^[1-9]\d{0,5}[mg]$/, 'expected megabytes or gigabytes, "800m" or "4g"')
    .optional(),
  patterns: z.record(z.string(), ownPattern).default({}),
});

/** What `analyses.json` says, whole: its folders are absolute or addresses, its thresholds complete, its patterns formats. */
export interface AnalysesConfig extends Omit<z.infer<typeof shape>, "thresholds" | "patterns"> {
  thresholds: Thresholds;
  patterns: readonly LogFormat[];
}

/** Reads `analyses.json` of DATA_DIR, else of the project; it may be missing. Throws a SettingsError of one sentence. */
export function readAnalysesConfig({ DATA_DIR }: Pick<Settings, "DATA_DIR">): AnalysesConfig {
  const file = [DATA_DIR, PROJECT].map(analysesFile).find(existsSync);
  const { text, json } = file ? read(file) : { text: "", json: {} };
  const result = checkShape(shape, json);
  if (!result.ok) throw new SettingsError(`${NAME} is wrong: ${placed(result.problems, text).join("; ")}.`);
  const { thresholds, folders, watch, patterns, ...rest } = result.data;
  const absolute = (folder: string) =>
    /^\w+:\/\//.test(folder) || isAbsolute(folder) ? folder : resolve(DATA_DIR, folder);
  return {
    ...rest,
    thresholds: thresholdsOf(thresholds),
    folders: folders.map(absolute),
    // What people have described on the page comes after what the file says.
    patterns: [...formatsOf(patterns), ...ownLogFormats(DATA_DIR)],
    watch: watch.map(one => ({ ...one, folder: absolute(one.folder) })),
  };
}

const NAME = basename(analysesFile(""));

function formatsOf(patterns: z.infer<typeof shape>["patterns"]): LogFormat[] {
  return Object.entries(patterns).map(([name, { pattern, time, title, follows }]) => {
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || name === "auto" || NAMES.includes(name))
      throw new SettingsError(
        `${NAME} is wrong: no pattern can be called ${name}. Take letters a-z, digits and -, and no name of a format.`,
      );
    try {
      return named({ name, pattern, ...(time && { time }), ...(title && { title }), ...(follows && { follows }) });
    } catch (error) {
      throw new SettingsError(`${NAME} is wrong: ${(error as Error).message}`);
    }
  });
}

function read(file: string): { text: string; json: unknown } {
  try {
    const text = readFileSync(file, "utf8");
    return { text, json: parseJson(text) };
  } catch (error) {
    throw new SettingsError(`${NAME} can't be read: ${(error as Error).message}.`);
  }
}
