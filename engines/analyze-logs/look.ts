import { detect } from "../../log-formats/detect.ts";
import type { LogFile } from "../../log-formats/format.ts";
import { readHead, readHeadOf, readHeadThrough } from "../../log-formats/head.ts";
import type { Session } from "../../spark/session.ts";
import type { AnalysesConfig } from "./config.ts";
import type { AnalyzeLogs } from "./parameters.ts";
import type { LogSource } from "./sources.ts";

/** What a file is, from its beginning: ready to be read, with a note where it seems to be of no format, or why it can't be. */
export async function looksLike(
  { name, uri, path, azure, bytes: size, modified }: LogSource,
  { format: asked, timeZone, year }: AnalyzeLogs,
  { patterns }: AnalysesConfig,
  spark: () => Promise<Session>,
): Promise<{ file: LogFile; note?: string } | { why: string }> {
  if (size === 0) return { why: `${name} is empty: there is nothing to analyse.` };
  const head = azure ? readHeadOf(uri, azure.open) : path ? readHead(path) : readHeadThrough(await spark(), uri);
  const { bytes, problem } = await head;
  if (problem) return { why: `${name} can't be read. ${problem}` };
  const { format, why, sure } = detect(bytes, { asked, patterns });
  if (!format) return { why: `${name} can't be read. ${why}` };
  const file = { name, uri, modified, format, timeZone, ...(year !== undefined && { year }) };
  return { file, ...(sure === 0 && { note: `${name}: ${why}` }) };
}
