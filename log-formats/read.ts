import type { Session } from "../spark/session.ts";
import { literal } from "../tables/names.ts";
import { countLines, type Split } from "./count.ts";
import { type LogFile, PARSED, TYPES } from "./format.ts";
import { grouped } from "./lines.ts";
import { parsing } from "./parse.ts";
import { records } from "./records.ts";
import { dayOf } from "./times.ts";

/** What was counted in a file before it is read. */
export interface Counted {
  /** The file's name. */
  source: string;
  /** All physical lines. */
  lines: number;
  /** Those that belong to the record above. */
  following: number;
}

/** The lines of files, to be read. */
export interface Lines {
  /**
   * A SELECT of the columns source, line, raw, trace, format, parsed, time, day, level, message, template, ip, service,
   * endpoint, host, method, status, bytes, seconds; a row for each record and each line that was not understood.
   */
  sql: string;
  counted: Counted[];
}

/**
 * Counts the lines of files that are not empty, and gives the SELECT that reads them. It fails with a sentence where a
 * file was written to since it was counted: call again.
 */
export async function readLogs(session: Session, files: readonly LogFile[]): Promise<Lines> {
  const groups = grouped(files);
  if (groups.length === 0) return { sql: NOTHING, counted: [] };
  // Beyond that Java would not compile what Spark makes of a SELECT, and run it several times slower.
  await session.config.set({ "spark.sql.codegen.hugeMethodLimit": "8000" });
  const splits = await countLines(session, groups);
  const selects = groups.flatMap((group, at) => {
    const own = splits[at] ?? [];
    if (own.length === 0) return [];
    const years = { base: "base", cut: "cut" };
    const { format, timeZone } = group;
    const text = format.text?.("raw", "trace") ?? "raw";
    const found = parsing(format, records(group, own), { timeZone, years }, text);
    return [`select ${columns(literal(format.name))} from (${found})`];
  });
  return { sql: selects.join("\nunion all\n") || NOTHING, counted: files.map(file => counted(file, splits.flat())) };
}

function columns(format: string): string {
  const [time, ...others] = PARSED;
  return `source, line, raw, trace, ${format} as format, parsed, ${time}, ${dayOf(time)} as day, ${others.join(", ")}`;
}

const NOTHING = `select cast(null as string) as source, 0L as line, '' as raw, cast(null as string) as trace, '' as format,
  false as parsed, cast(null as timestamp) as time, cast(null as date) as day, ${PARSED.slice(1)
    .map(column => `cast(null as ${TYPES[column]}) as ${column}`)
    .join(", ")} where false`;

function counted(file: LogFile, splits: readonly Split[]): Counted {
  const own = splits.filter(split => split.file === file);
  const sum = (figure: "lines" | "following") => own.reduce((total, split) => total + Number(split[figure]), 0);
  return { source: file.name, lines: sum("lines"), following: sum("following") };
}
