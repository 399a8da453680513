import papaparse from "papaparse";
import { ANY_TIME, anyTime } from "../any-time.ts";
import type { LogFormat, ParsedColumn } from "../format.ts";
import { levelOfWord, WORD_RULE } from "../levels.ts";

/** Under which names a column is known, whatever their case; the first are those of the original. */
const NAMES: Partial<Record<ParsedColumn, readonly string[]>> = {
  time: ["timestamp", "time", "date", "datetime", "@timestamp", "ts"],
  level: ["log_level", "level", "loglevel", "severity"],
  message: ["message", "msg", "text"],
  ip: ["ip", "ip_address", "client_ip", "remote_addr"],
  service: ["service", "app", "application", "component", "logger"],
  endpoint: ["endpoint", "path", "url", "uri"],
  host: ["host", "hostname"],
  method: ["method"],
  status: ["status", "status_code"],
  bytes: ["bytes", "size"],
};

/** The columns of a file without a header. */
const USUAL = ["timestamp", "log_level", "message", "ip", "service", "endpoint"];

/** The format of a CSV file by its first line: its names where it has names, else the usual ones. Nothing if it is none. */
export function csvOf(first: string): LogFormat | undefined {
  const { data, meta } = papaparse.parse<string[]>(first, { preview: 1, delimitersToGuess: [",", ";", "\t", "|"] });
  const cells = (data[0] ?? []).map(cell => cell.trim().toLowerCase());
  const header = positions(cells);
  const columns = header ?? (new RegExp(`^${ANY_TIME}`).test(cells[0] ?? "") ? positions(USUAL) : undefined);
  if (!columns || cells.length < 3) return undefined;
  return csv(columns, meta.delimiter, Math.max(cells.length, USUAL.length), header !== undefined);
}

// By column; a time and a message there must be.
function positions(cells: readonly string[]): Map<ParsedColumn, number> | undefined {
  const found = new Map<ParsedColumn, number>();
  for (const [column, names] of Object.entries(NAMES) as [ParsedColumn, readonly string[]][]) {
    const name = names.find(one => cells.includes(one));
    if (name !== undefined) found.set(column, cells.indexOf(name));
  }
  return found.has("time") && found.has("message") ? found : undefined;
}

function csv(at: Map<ParsedColumn, number>, delimiter: string, width: number, header: boolean): LogFormat {
  const schema = Array.from({ length: width }, (_, cell) => `c${cell} string`).join(", ");
  const sep = delimiter === "\t" ? "\\t" : delimiter;
  const inFront = at.get("time") === 0;
  return {
    name: "csv",
    title: "CSV with timestamp, log_level, message",
    rule: `${WORD_RULE} A word that is none of these is info.`,
    // Where the time is not the first column, a line break in quotes can't be told from a new record.
    begins: inFront ? `"?${ANY_TIME}` : "",
    follows: inFront ? "all" : "none",
    key: JSON.stringify([...at, delimiter, width, header]),
    ...(header && { header: true }),
    text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
    quote: '"',
    parts: raw =>
      `from_csv(${raw}, '${schema}', map('sep', '${sep}', 'escape', '"', 'multiLine', 'true', 'mode', 'PERMISSIVE'))`,
    understood: (_parts, time) => `${time} is not null`,
    columns(parts, { timeZone }) {
      const cell = (column: ParsedColumn) => {
        const position = at.get(column);
        return position === undefined ? "cast(null as string)" : `nullif(trim(${parts}.c${position}), '')`;
      };
      return {
        time: anyTime(cell("time"), timeZone),
        level: `coalesce(${levelOfWord(cell("level"))}, 'info')`,
        message: `coalesce(${cell("message")}, '')`,
        ip: cell("ip"),
        service: cell("service"),
        endpoint: `substring_index(${cell("endpoint")}, '?', 1)`,
        host: cell("host"),
        method: cell("method"),
        status: `try_cast(${cell("status")} as int)`,
        bytes: `try_cast(${cell("bytes")} as bigint)`,
      };
    },
  };
}
