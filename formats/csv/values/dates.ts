/** A pattern of dates and times, compiled. */
export interface DatePattern {
  /** `2026-01-31`, with ` 12:30:00` and a zone where the pattern has them; undefined where a text is no such date. */
  read(text: string): string | undefined;
  /** Whether a text has a year of two digits, 50 to 69, that programs take for either century. */
  isInDoubt(text: string): boolean;
  hasDate: boolean;
  hasTime: boolean;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LONG = "January February March April May June July August September October November December".split(" ");

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: String.raw`(?<year>\d{4})`,
  yy: String.raw`(?<short>\d{2})`,
  MMMM: `(?<month>${inAnyCase(LONG)})`,
  MMM: `(?<month>${inAnyCase(MONTHS)})`,
  MM: String.raw`(?<month>\d{2})`,
  M: String.raw`(?<month>[1-9]\d?)`,
  dd: String.raw`(?<day>\d{2})`,
  d: String.raw`(?<day>[1-9]\d?)`,
  HH: String.raw`(?<hour>\d{2})`,
  H: String.raw`(?<hour>1?\d|2\d)`,
  hh: String.raw`(?<half>\d{2})`,
  h: String.raw`(?<half>[1-9]|1\d)`,
  mm: String.raw`(?<minute>\d{2})`,
  ss: String.raw`(?<second>\d{2})`,
  a: "(?<noon>AM|PM|am|pm)",
  XXX: String.raw`(?<zone>Z|[+-]\d{2}:\d{2})`,
  X: String.raw`(?<zone>Z|[+-]\d{4})`,
};

// Oracle writes 17-NOV-1981, others 17-nov-1981.
function inAnyCase(names: readonly string[]): string {
  return names.flatMap(name => [name, name.toUpperCase(), name.toLowerCase()]).join("|");
}

/** Compiles `dd.MM.yyyy HH:mm:ss`: letters mean what they do in Java, others stand for themselves or in single quotes. */
export function datePattern(pattern: string): DatePattern | undefined {
  let source = "";
  const letters: string[] = [];
  for (const [part, quoted] of pattern.matchAll(/'([^']*)'|S{1,6}|([A-Za-z])\2*|[\s\S]/g)) {
    if (quoted !== undefined) source += RegExp.escape(quoted || "'");
    else if (/^S+$/.test(part)) source += `(?<fraction>\\d{${part.length}})`;
    else if (/^[A-Za-z]/.test(part)) {
      const token = TOKENS[part];
      if (!token) return undefined;
      source += token;
      letters.push(/<(\w+)>/.exec(token)?.[1] ?? "");
    } else source += RegExp.escape(part);
  }
  if (new Set(letters).size !== letters.length) return undefined;
  const has = (...names: string[]) => names.some(name => letters.includes(name));
  const hasDate = has("year", "short") && has("month") && has("day");
  const hasTime = (has("hour") || (has("half") && has("noon"))) && has("minute");
  const regex = new RegExp(`^${source}$`);
  return {
    hasDate,
    hasTime,
    isInDoubt: text => isOfEitherCentury(regex.exec(text)?.groups?.short ?? ""),
    read(text) {
      const groups = regex.exec(text)?.groups;
      return groups && hasDate ? dateOf(groups, hasTime) : undefined;
    },
  };
}

function dateOf(groups: Readonly<Record<string, string | undefined>>, hasTime: boolean): string | undefined {
  const { year = "", short, month: named = "", day: date = "", half, noon = "", fraction, zone = "" } = groups;
  // Programs part the centuries at 30, 50 or 69: what lies between may be meant for either.
  if (short !== undefined && isOfEitherCentury(short)) return undefined;
  const full = short === undefined ? year : `${Number(short) < 50 ? "20" : "19"}${short}`;
  const month = /\d/.test(named) ? Number(named) : SHORT.indexOf(named.slice(0, 3).toLowerCase()) + 1;
  const day = Number(date);
  if (Number(full) < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(Number(full), month)) return undefined;
  const two = (value: number) => String(value).padStart(2, "0");
  const text = `${full}-${two(month)}-${two(day)}`;
  if (!hasTime) return text;
  if (half !== undefined && (Number(half) < 1 || Number(half) > 12)) return undefined;
  const hour = half === undefined ? Number(groups.hour) : (Number(half) % 12) + (/p/i.test(noon) ? 12 : 0);
  const [minute, second] = [Number(groups.minute), Number(groups.second ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = zone === "" || zone === "Z" ? zone : zone.replace(/^(...):?(..)$/, "$1:$2");
  if (/^.\d/.test(offset) && (Number(offset.slice(1, 3)) > 18 || Number(offset.slice(4)) > 59)) return undefined;
  return `${text} ${two(hour)}:${two(minute)}:${two(second)}${fraction ? `.${fraction}` : ""}${offset}`;
}

const SHORT = MONTHS.map(name => name.toLowerCase());

function isOfEitherCentury(short: string): boolean {
  return Number(short) >= 50 && Number(short) < 70;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const ISO_DATE = datePattern("yyyy-MM-dd");
const ISO_TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?$/;
const WHOLE = datePattern("yyyy-MM-dd HH:mm:ss");

/** A date as ISO 8601 has it; undefined for all that is not whole: a month, a year, a time alone. */
export function isoDate(text: string): string | undefined {
  return ISO_DATE?.read(text);
}

/** A date with a time as ISO 8601 and databases write it, up to microseconds, with or without an offset. */
export function isoTimestamp(text: string): string | undefined {
  const [found, date = "", time = "", seconds, fraction = "", zone = ""] = ISO_TIME.exec(text) ?? [];
  if (!found || (fraction && !seconds)) return undefined;
  const whole = WHOLE?.read(`${date} ${time}${seconds ?? ":00"}`);
  const offset = zone === "" || zone === "Z" ? zone : zone.replace(/^(...):?(..)$/, "$1:$2");
  if (/^.\d/.test(offset) && (Number(offset.slice(1, 3)) > 18 || Number(offset.slice(4)) > 59)) return undefined;
  return whole && `${whole}${fraction}${offset}`;
}

const DATES = [
  ...[
    "yyyy-MM-dd",
    "dd.MM.yyyy",
    "d.M.yyyy",
    "dd/MM/yyyy",
    "MM/dd/yyyy",
    "d/M/yyyy",
    "M/d/yyyy",
    "yyyy/MM/dd",
    "yyyy.MM.dd",
  ],
  ...[
    "dd-MM-yyyy",
    "MM-dd-yyyy",
    "dd-MMM-yyyy",
    "dd MMM yyyy",
    "d MMM yyyy",
    "d MMMM yyyy",
    "MMM dd, yyyy",
    "MMM d, yyyy",
  ],
  ...["MMMM d, yyyy", "dd.MM.yy", "dd/MM/yy", "MM/dd/yy", "dd-MMM-yy", "d.M.yy", "d/M/yy", "M/d/yy", "d-MMM-yy"],
  ...["yy.MM.dd", "yy/MM/dd", "dd-MM-yy", "MM-dd-yy", "yy-MM-dd"],
];
const TIMES = ["HH:mm:ss", "HH:mm", "HH:mm:ss.SSS", "HH:mm:ss.SSSSSS", "hh:mm:ss a", "hh:mm a", "h:mm:ss a", "h:mm a"];

/** The patterns that are offered, the ordinary ones first; those with a time where `times`. */
export function knownPatterns(times: boolean): readonly string[] {
  return times ? WITH_TIMES : DATES;
}

const WITH_TIMES = DATES.flatMap(date =>
  [" ", "'T'"].flatMap(between =>
    (between === " " ? TIMES : TIMES.slice(0, 4)).flatMap(time =>
      ["", "XXX", "X"].map(zone => `${date}${between}${time}${zone}`),
    ),
  ),
).filter(pattern => !/'T'/.test(pattern) || pattern.startsWith("yyyy-MM-dd"));
