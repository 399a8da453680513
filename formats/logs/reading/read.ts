import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { type LogFile, PARSED, TYPES } from "../format.ts";
import { parsedText, parsing } from "../parse.ts";
import { templateGroups } from "../template-groups.ts";
import { dayOf } from "../times/times.ts";
import { countParsedLines, type Split } from "./count.ts";
import { grouped } from "./lines.ts";
import { records } from "./records.ts";

/** What was counted in a file before it is read. */
export interface FileCounts {
  /** The file's name. */
  source: string;
  /** All physical lines. */
  lines: number;
  /** Those that belong to the record above. */
  following: number;
  /** Dates that can be read with the day or the month first where nothing tells which: the month was taken first. */
  inDoubt: number;
}

/** The lines of files, to be read. */
export interface ParsedLogs {
  /**
   * A SELECT of the columns source, line, raw, trace, format, parsed, time, day, level, message, template, ip, service,
   * endpoint, host, method, status, bytes, seconds; a row for each record and each line that was not understood.
   */
  sql: string;
  counted: FileCounts[];
}

/**
 * Counts the lines of files that are not empty, and gives the SELECT that reads them. It fails with a sentence where a
 * file was written to since it was counted: call again.
 */
export async function readLogs(session: Session, files: readonly LogFile[]): Promise<ParsedLogs> {
  const groups = grouped(files);
  if (groups.length === 0) return { sql: NOTHING, counted: [] };
  await session.config.set(FOR_READING);
  const { splits, templates } = await countParsedLines(session, groups);
  const kinds = templateGroups(templates);
  const selects = groups.flatMap((group, at) => {
    const own = splits[at] ?? [];
    if (own.length === 0) return [];
    const years = { base: "base", cut: "cut" };
    const { format, timeZone } = group;
    const text = parsedText(format, "raw", "trace");
    const options = { timeZone, years, ...(format.dayOrder && { dayFirst: "dayFirst" }) };
    const found = parsing(format, records(group, own), options, text);
    return [`select ${columns(sparkLiteral(format.name))} from (${found})`];
  });
  const all = selects.join("\nunion all\n") || NOTHING;
  return { sql: inKinds(all, kinds), counted: files.map(file => counted(file, splits.flat())) };
}

const FOR_READING = {
  // Beyond that Java would not compile what Spark makes of a SELECT, and run it several times slower.
  "spark.sql.codegen.hugeMethodLimit": "8000",
  // Spark 4.1 would put small files of several formats, one partition each, into one task.
  "spark.sql.unionOutputPartitioning": "false",
};

// A template that is of a kind with others becomes theirs.
function inKinds(lines: string, kinds: ReadonlyMap<string, string>): string {
  if (kinds.size === 0) return lines;
  const rows = [...kinds].slice(0, MOST_KINDS).map(([from, to]) => `(${sparkLiteral(from)}, ${sparkLiteral(to)})`);
  return `select /*+ broadcast(portal_kinds) */ ${NAMES.map(name => (name === "template" ? "coalesce(portal_kinds.kind, found.template) as template" : `found.${name}`)).join(", ")}
    from (${lines}) found left join (select * from values ${rows.join(", ")} as k(one, kind)) portal_kinds on found.template = portal_kinds.one`;
}

// Each is a row of a table in memory; what is beyond stays as it is.
const MOST_KINDS = 5000;

const NAMES = ["source", "line", "raw", "trace", "format", "parsed", "time", "day", ...PARSED.slice(1)];

function columns(format: string): string {
  const [time, ...others] = PARSED;
  return `source, line, raw, trace, ${format} as format, parsed, ${time}, ${dayOf(time)} as day, ${others.join(", ")}`;
}

const NOTHING = `select cast(null as string) as source, 0L as line, '' as raw, cast(null as string) as trace, '' as format,
  false as parsed, cast(null as timestamp) as time, cast(null as date) as day, ${PARSED.slice(1)
    .map(column => `cast(null as ${TYPES[column]}) as ${column}`)
    .join(", ")} where false`;

function counted(file: LogFile, splits: readonly Split[]): FileCounts {
  const own = splits.filter(split => split.file === file);
  const sum = (figure: "lines" | "following" | "inDoubt") =>
    own.reduce((total, split) => total + Number(split[figure]), 0);
  return { source: file.name, lines: sum("lines"), following: sum("following"), inDoubt: sum("inDoubt") };
}
