import type { Session } from "../../connectors/spark/session.ts";
import { detect } from "../../formats/logs/detect.ts";
import type { LogFile } from "../../formats/logs/format.ts";
import { readHeadOf, readHeadThrough, readSample, sampleOf } from "../../formats/logs/reading/head.ts";
import type { AnalysesConfig } from "./config.ts";
import type { AnalyzeLogs } from "./parameters.ts";
import type { LogSource } from "./sources.ts";

/** What a file is, from lines of its beginning, middle and end: ready to be read, with a note where it seems to be of no format, or why it can't be. */
export async function looksLike(
  { name, uri, path, azure, bytes: size, modified }: LogSource,
  { format: asked, timeZone, year, dayFirst, durations }: AnalyzeLogs,
  { patterns }: AnalysesConfig,
  spark: () => Promise<Session>,
): Promise<{ file: LogFile; note?: string } | { why: string }> {
  if (size === 0) return { why: `${name} is empty: there is nothing to analyse.` };
  const head = azure
    ? sampleOf(await readHeadOf(uri, azure.open), uri, size, azure.part)
    : path
      ? readSample(path, size)
      : readHeadThrough(await spark(), uri);
  const { bytes, problem } = await head;
  if (problem) return { why: `${name} can't be read. ${problem}` };
  const { format, why, sure } = detect(bytes, { asked, patterns, durations });
  if (!format) return { why: `${name} can't be read. ${why}` };
  const given = { ...(year !== undefined && { year }), ...(dayFirst !== undefined && { dayFirst }) };
  const file = { name, uri, modified, format, sure, timeZone, ...given };
  const note = sure === 0 ? why : format.doubt;
  return { file, ...(note && { note: `${name}: ${note}` }) };
}
