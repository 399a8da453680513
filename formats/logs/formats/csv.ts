import papaparse from "papaparse";
import type { LogFormat, ParsedColumn } from "../format.ts";
import { ANY_CASE, levelOfField, levelOfStatus, levelOfWord, WORD_RULE } from "../levels.ts";
import { ANY_TIME, anyTime, dayOrder } from "../times/any-time.ts";

/** Under which names a column is known, whatever their case; the first are those of the original. */
const NAMES: Partial<Record<ParsedColumn | "clock", readonly string[]>> = {
  time: [
    ...[
      "timestamp",
      "datetime",
      "@timestamp",
      "ts",
      "date and time",
      "date/time",
      "log_time",
      "time_stamp",
      "event_time",
    ],
    ...[
      "eventtime",
      "timecreated",
      "time_created",
      "timegenerated",
      "time generated",
      "created_at",
      "asctime",
      "logged",
    ],
    ...["date", "time", "datum", "datum und uhrzeit"],
  ],
  // Where a date has a column of its own.
  clock: ["time", "time of day", "uhrzeit", "hour"],
  level: [
    ...["log_level", "level", "loglevel", "log level", "severity", "levelname", "level_name", "leveldisplayname"],
    ...["entrytype", "entry type", "error_severity", "ebene", "type"],
  ],
  message: ["message", "msg", "text", "description", "nachricht", "details", "event"],
  ip: ["ip", "ip_address", "client_ip", "remote_addr", "c-ip", "source ip"],
  service: ["service", "app", "application", "component", "logger", "source", "providername", "quelle", "module"],
  endpoint: ["endpoint", "path", "url", "uri", "cs-uri-stem"],
  host: ["host", "hostname", "machinename", "computer", "server"],
  method: ["method", "cs-method"],
  status: ["status", "status_code", "sc-status"],
  bytes: ["bytes", "size", "sc-bytes"],
};

type Places = Map<ParsedColumn | "clock", number>;

/** The columns of a file without a header. */
const USUAL = ["timestamp", "log_level", "message", "ip", "service", "endpoint"];

/** The format of a CSV file by its first lines: its names where it has names, else the usual ones. Nothing if it is none. */
export function csvFormat(lines: readonly string[]): LogFormat | undefined {
  // PowerShell's and Excel's own first line.
  const skipped = /^(?:#TYPE |sep=)/.test(lines[0] ?? "") ? 1 : 0;
  const first = lines[skipped] ?? "";
  const { data, meta } = papaparse.parse<string[]>(first, { preview: 1, delimitersToGuess: [",", ";", "\t", "|"] });
  const cells = (data[0] ?? []).map(cell => cell.trim().toLowerCase());
  const header = positions(cells);
  if (header)
    return csv({ at: header, delimiter: meta.delimiter, width: cells.length + 1, header: skipped + 1, title: TITLE });
  if (cells.length < 3 || meta.delimiter === "|" || !new RegExp(`^${ANY_TIME}`).test(cells[0] ?? "")) return undefined;
  const usual = positions(USUAL) as Places;
  return csv({
    ...{ at: usual, delimiter: meta.delimiter, width: Math.max(cells.length, USUAL.length), header: 0, title: TITLE },
    // Commas alone make no CSV: the second cell must be a level.
    fits: cell => new RegExp(`^(?:${ANY_CASE})$`).test(cell(1).trim()),
  });
}

const TITLE = "CSV with timestamp, log_level, message";

/** What a CSV of logs is like. */
export interface CsvShape {
  name?: string;
  title: string;
  at: Places;
  delimiter: string;
  width: number;
  header: number;
  fits?(cell: (index: number) => string): boolean;
}

// By column; a time there must be, and a message or a level.
function positions(cells: readonly string[]): Places | undefined {
  const found: Places = new Map();
  for (const [column, names] of Object.entries(NAMES) as [ParsedColumn | "clock", readonly string[]][]) {
    const name = names.find(one => cells.includes(one));
    if (name !== undefined) found.set(column, cells.indexOf(name));
  }
  if (found.get("clock") === found.get("time") || !/^(?:date|datum)$/.test(cells[found.get("time") ?? -1] ?? ""))
    found.delete("clock");
  // The Event Viewer of Windows has no name for the last column, which is the message.
  const isWindows = cells.includes("event id") && cells.includes("task category");
  if (isWindows && !found.has("message")) found.set("message", cells.length);
  return found.has("time") && cells.length >= 2 && (found.has("message") || found.has("level")) ? found : undefined;
}

/** Makes the format of a CSV file whose columns are known. */
export function csv({ name = "csv", title, at, delimiter, width, header, fits }: CsvShape): LogFormat {
  const schema = Array.from({ length: width }, (_, cell) => `c${cell} string`).join(", ");
  const sep = delimiter === "\t" ? "\\t" : delimiter;
  const begins = beginning(at, delimiter);
  return {
    name,
    title,
    rule: `${WORD_RULE} Without a column of levels a status of 500 and above is error, one of 400 to 499 warn.`,
    // Where neither the time nor the level is among the first columns, a line break in quotes can't be told from a record.
    begins,
    follows: begins ? "all" : "none",
    key: JSON.stringify([...at, delimiter, width, header]),
    ...(header > 0 && { header }),
    ...(fits && {
      fits: line => {
        const row = papaparse.parse<string[]>(line, { preview: 1, delimiter }).data[0] ?? [];
        return fits(index => row[index] ?? "");
      },
    }),
    text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
    quote: '"',
    oneByOne: false,
    ...(header > 0 && { dayOrder }),
    parts: raw =>
      `from_csv(${raw}, '${schema}', map('sep', '${sep}', 'escape', '"', 'multiLine', 'true', 'mode', 'PERMISSIVE'))`,
    understood: (_parts, time) => `${time} is not null`,
    columns(parts, { timeZone, dayFirst }) {
      const cell = (column: ParsedColumn | "clock") => {
        const position = at.get(column);
        return position === undefined ? "cast(null as string)" : `nullif(trim(${parts}.c${position}), '')`;
      };
      const text = at.has("clock") ? `concat_ws(' ', ${cell("time")}, ${cell("clock")})` : cell("time");
      const status = `try_cast(${cell("status")} as int)`;
      return {
        time: anyTime(text, timeZone, dayFirst),
        level: `coalesce(${levelOfWord(cell("level"))}, ${levelOfField(cell("level"))}, ${levelOfStatus(status)})`,
        message: `coalesce(${cell("message")}, '')`,
        ip: cell("ip"),
        service: cell("service"),
        endpoint: `substring_index(${cell("endpoint")}, '?', 1)`,
        host: cell("host"),
        method: cell("method"),
        status,
        bytes: `try_cast(${cell("bytes")} as bigint)`,
      };
    },
  };
}

// The time in one of the first columns, or the level in front, is how a record begins.
function beginning(at: Places, delimiter: string): string {
  const time = at.get("time") ?? 99;
  const sep = delimiter === "|" ? "\\|" : delimiter === "\t" ? "\\t" : delimiter;
  const cell = `(?:"[^"]*"|[^"${sep}]*)${sep}`;
  if (time <= 4) return `${cell.repeat(time)}"?${ANY_TIME}`;
  return at.get("level") === 0 ? `"?(?:${ANY_CASE})"?${sep}` : "";
}
