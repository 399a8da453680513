import { closest } from "fastest-levenshtein";
import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { type LogFormat, PARSED, type ParsedColumn, TYPES, type Years } from "../format.ts";
import { levelOfField, levelOfWord, WORD_RULE } from "../levels.ts";
import { isPatient } from "../patience.ts";
import { type Pattern, pattern } from "../pattern.ts";
import { levelOfMessage, MESSAGE_RULE } from "../severity.ts";
import { anyTime } from "../times/any-time.ts";

/** A format of one's own, as somebody writes it. */
export interface NamedPattern {
  name: string;
  /** A regular expression, tried from the beginning of a line, with groups named time, level, message, ip, … */
  pattern: string;
  /** How its times are written, in the letters of Java's DateTimeFormatter, `dd.MM.yyyy HH:mm:ss`; without it they are found out. */
  time?: string;
  title?: string;
  /** Whether lines that do not begin a record belong to the one above; those of stack traces, if not said. */
  follows?: LogFormat["follows"];
}

/** Makes the format. Throws a sentence that says what is wrong with the pattern. */
export function named({ name, pattern: source, time, title = name, follows = "traces" }: NamedPattern): LogFormat {
  check(name, source);
  if (time !== undefined) checkTime(name, time);
  const line = pattern(source);
  const hasLevel = line.groups.includes("level");
  const yearless = time !== undefined && !/[yu]/.test(unquoted(time));
  const found = (parts: string, timeZone: string, years?: Years) => {
    const text = line.group(parts, "time");
    return time === undefined
      ? anyTime(text, timeZone)
      : written(text, time, timeZone, yearless ? years : undefined, yearless);
  };
  return {
    name,
    title,
    rule: hasLevel ? WORD_RULE : MESSAGE_RULE,
    begins: source,
    follows,
    key: JSON.stringify([source, time, follows]),
    // A pattern that repeats a group would die of a line of megabytes.
    parts: raw => line.parts(`left(${raw}, 4000)`),
    understood: (parts, at) =>
      line.groups.includes("time") ? `${line.matched(parts)} and ${at} is not null` : line.matched(parts),
    ...(yearless && { monthDay: raw => monthDay(line, line.parts(`left(${raw}, 4000)`), time) }),
    columns(parts, { timeZone, years }) {
      const message = line.rest(parts);
      const given = line.groups.filter(isColumn).filter(group => !["time", "level", "message"].includes(group));
      return {
        ...Object.fromEntries(given.map(group => [group, typed(line.group(parts, group), TYPES[group])])),
        ...(line.groups.includes("time") && { time: found(parts, timeZone, years) }),
        level: hasLevel
          ? `coalesce(${levelOfWord(line.group(parts, "level"))}, ${levelOfField(line.group(parts, "level"))})`
          : levelOfMessage(message),
        message,
      };
    },
  };
}

const GROUPS: readonly string[] = PARSED.filter(column => column !== "template");

function isColumn(group: string): group is ParsedColumn {
  return GROUPS.includes(group);
}

function check(name: string, source: string): void {
  try {
    new RegExp(source);
  } catch (error) {
    throw new Error(`The pattern ${name} is no regular expression: ${(error as Error).message}.`);
  }
  const { groups } = pattern(source);
  const strange = groups.find(group => !isColumn(group) && !/^_/.test(group) && !group.startsWith("x"));
  if (strange !== undefined)
    throw new Error(
      `The pattern ${name} has a group ${strange}, which is no column; did you mean ${closest(strange, [...GROUPS])}? A group without a name, (?:…), needs none.`,
    );
  if (!groups.includes("time") && !groups.includes("message"))
    throw new Error(
      `The pattern ${name} has neither a group time nor a group message: write (?<time>…) and (?<message>…).`,
    );
  if (!isPatient(source))
    throw new Error(
      `The pattern ${name} takes too long on a long line: repeat nothing that itself repeats, as (a+)+ does, and use .* once.`,
    );
}

// Spark refuses other letters when it reads the first line, which ends every analysis of such a log.
function checkTime(name: string, time: string): void {
  const letters = unquoted(time).replace(/\[[^[\]]*\]/g, part => part.slice(1, -1));
  const odd = /[^\W\dyMdDHhKkmsSaGOVXxzZ_]/.exec(letters)?.[0] ?? /[{}#[\]']/.exec(letters)?.[0];
  if (odd !== undefined)
    throw new Error(
      `The time of ${name}, “${time}”, has a ${odd} that means nothing there: write it as dd.MM.yyyy HH:mm:ss, other letters as 'T'.`,
    );
}

function written(text: string, format: string, timeZone: string, years: Years | undefined, yearless: boolean): string {
  if (!yearless) return zoned(`try_to_timestamp(${text}, ${sparkLiteral(format)})`, format, timeZone);
  if (!years) return "cast(null as timestamp)";
  const day = `(month(${leap(text, format)}) * 100 + day(${leap(text, format)}))`;
  const year = `(${years.base} + if(${day} < ${years.cut}, 1, 0))`;
  return zoned(`try_to_timestamp(concat(${year}, ' ', ${text}), ${sparkLiteral(`yyyy ${format}`)})`, format, timeZone);
}

// Read in a year that has every day.
function leap(text: string, format: string): string {
  return `try_to_timestamp(concat('2000 ', ${text}), ${sparkLiteral(`yyyy ${format}`)})`;
}

function monthDay(line: Pattern, parts: string, format: string): string {
  const at = leap(line.group(parts, "time"), format);
  return `(month(${at}) * 100 + day(${at}))`;
}

// Without an offset in it the time was read as one of the session's zone, which is UTC.
function zoned(time: string, format: string, timeZone: string): string {
  return timeZone === "UTC" || /[XxzZVO]/.test(unquoted(format))
    ? time
    : `to_utc_timestamp(${time}, ${sparkLiteral(timeZone)})`;
}

function unquoted(format: string): string {
  return format.replaceAll(/'[^']*'/g, "");
}

function typed(value: string, type: string): string {
  return type === "string" ? value : `try_cast(${value} as ${type})`;
}
