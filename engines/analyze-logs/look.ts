import { detect } from "../../log-formats/detect.ts";
import type { LogFile } from "../../log-formats/format.ts";
import type { Session } from "../../spark/session.ts";
import { literal } from "../../tables/names.ts";
import type { AnalysesConfig } from "./config.ts";
import type { AnalyzeLogs } from "./parameters.ts";
import type { LogSource } from "./sources.ts";

/** What a file is, from its beginning: ready to be read, or why it can't be. */
export async function looksLike(
  source: LogSource,
  { format: asked, timeZone, year }: AnalyzeLogs,
  _config: AnalysesConfig,
  spark: () => Promise<Session>,
): Promise<LogFile | { why: string }> {
  if (source.bytes === 0) return { why: `${source.name} is empty: there is nothing to analyse.` };
  const head = await remoteHead(source, await spark());
  const { format, why } = detect(head, source.name, { asked });
  if (!format) return { why };
  const { name, uri, modified } = source;
  return { name, uri, modified, format, timeZone, ...(year !== undefined && { year }) };
}

async function remoteHead({ uri }: LogSource, session: Session): Promise<Buffer> {
  const view = "portal_log_head";
  await session.command(`create or replace temporary view ${view} using text options (path ${literal(uri)})`);
  const rows = await session.query(`select left(value, 10000) as value from ${view} limit 200`);
  return Buffer.from(rows.map(({ value }) => `${value}\n`).join(""));
}
