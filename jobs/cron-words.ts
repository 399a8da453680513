/** What a cron line means: `every day at 03:00`. Nothing for the rare one that is easier read as it stands. */
export function cronWords(cron: string): string | undefined {
  const text = cron.trim().toLowerCase();
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = (NICKNAMES[text] ?? text).split(/\s+/);
  const times = timeWords(minute, hour);
  const days = dayWords(day, month, weekday);
  if (!times || days === undefined) return undefined;
  const [often, when] = times;
  return [often || (days ? "" : "every day"), days, when].filter(Boolean).join(" ");
}

const NICKNAMES: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

const DAYS = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];
const MONTHS = [
  ...["", "January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

// How often within a day, or at which times of it.
function timeWords(minute: string, hour: string): [often: string, when: string] | undefined {
  const step = /^\*\/(\d+)$/.exec(minute)?.[1];
  const hours = numbers(hour, []);
  const minutes = numbers(minute, []);
  const often =
    minute === "*" || step === "1" ? "every minute" : step && 60 % Number(step) === 0 && `every ${step} minutes`;
  if (often) {
    if (hour === "*") return [often, ""];
    const range = /^(\d+)-(\d+)$/.exec(hour);
    return range ? [often, `from ${clock(Number(range[1]), 0)} to ${clock(Number(range[2]), 59)}`] : undefined;
  }
  if (minutes?.length !== 1 && (!hours || !minutes || hours.length * minutes.length > 4)) return undefined;
  const [first = 0] = minutes ?? [];
  const past = first === 0 ? "" : `at ${first} past`;
  if (hour === "*") return ["every hour", past];
  const hourStep = /^\*\/(\d+)$/.exec(hour)?.[1];
  if (hourStep) return 24 % Number(hourStep) === 0 ? [`every ${hourStep} hours`, past] : undefined;
  if (!hours || !minutes) return undefined;
  if (hours.length > 4)
    return /^\d+-\d+$/.test(hour)
      ? ["every hour", `from ${clock(hours[0] ?? 0, first)} to ${clock(hours.at(-1) ?? 0, first)}`]
      : undefined;
  return ["", `at ${listed(hours.flatMap(h => minutes.map(m => clock(h, m))))}`];
}

// On which days; empty for every day.
function dayWords(day: string, month: string, weekday: string): string | undefined {
  const months = month === "*" ? [] : numbers(month, MONTHS.map(abbreviated));
  const weekdays = weekday === "*" ? [] : numbers(weekday, DAYS.map(abbreviated))?.map(one => one % 7);
  const days = day === "*" ? [] : day === "l" ? ["last day"] : numbers(day, [])?.map(ordinal);
  if (!months || !weekdays || !days) return undefined;
  const inMonths = months.length > 0 ? listed(months.map(one => MONTHS[one] ?? "")) : "";
  const onDays = days.length > 0 && `on the ${listed(days)} of ${inMonths || "every month"}`;
  const onWeekdays = weekdays.length > 0 && `on ${weekdayWords(weekdays)}`;
  const both = [onDays, onWeekdays].filter(Boolean).join(" and ");
  if (!both) return inMonths ? `every day in ${inMonths}` : "";
  return onDays || !inMonths ? both : `${both} in ${inMonths}`;
}

function weekdayWords(weekdays: readonly number[]): string {
  const sorted = [...new Set(weekdays)].sort().join("");
  if (sorted === "12345") return "weekdays";
  return sorted === "06" ? "weekends" : listed(weekdays.map(one => DAYS[one] ?? ""));
}

// `1`, `1,15`, `1-5`, `mon-fri`; undefined for anything else, and for numbers that a clock does not have.
function numbers(part: string, names: readonly string[]): number[] | undefined {
  const found = part.split(",").flatMap(piece => {
    const [from, to = from] = piece.split("-").map(one => (/^\d+$/.test(one) ? Number(one) : names.indexOf(one)));
    if (from === undefined || to === undefined || from < 0 || to < from || to > 59) return [Number.NaN];
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return found.some(Number.isNaN) ? undefined : found;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function abbreviated(name: string): string {
  return name.slice(0, 3).toLowerCase() || "-";
}

function ordinal(day: number): string {
  const ending = day > 10 && day < 14 ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th");
  return `${day}${ending}`;
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
