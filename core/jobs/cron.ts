import { Cron } from "croner";
import { nearest } from "./parse/problem.ts";

/** When something comes: a cron line of five parts, and the time zone whose clock it reads. */
export interface CronLine {
  cron: string;
  timeZone: string;
}

/** What is wrong with the five parts; nothing where they are good. */
export function cronProblem(cron: string): string | undefined {
  const parts = cron.trim().split(/\s+/).filter(Boolean).length;
  if (!cron.trim().startsWith("@") && parts !== 5)
    return `expected five parts (minute, hour, day of the month, month, day of the week) such as "0 3 * * *", got ${parts}`;
  try {
    return cronOf({ cron, timeZone: "UTC" }).nextRun() ? undefined : "such a day never comes";
  } catch (error) {
    const [message = ""] = (error as Error).message.replace(/^Cron\w+: /, "").split(/\.(?:\s|$)/);
    return message.charAt(0).toLowerCase() + message.slice(1);
  }
}

/** What is wrong with the name of a time zone; nothing where it is known. */
export function zoneProblem(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return undefined;
  } catch {
    const near = nearest(zone, timeZones());
    return `there is no time zone "${zone}"${near ? `, did you mean "${near}"?` : "; write one such as UTC or Europe/Berlin"}`;
  }
}

/** The time zones there are, by name. */
export function timeZones(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}

/** The next times after a moment. All are milliseconds since 1970. */
export function nextTimes(line: CronLine, after: number, count = 1): number[] {
  return cronOf(line)
    .nextRuns(count, new Date(after))
    .map(time => time.getTime());
}

/** The last time that had come at a moment. */
export function lastTime(line: CronLine, until: number): number | undefined {
  // Times are whole minutes, and what comes back lies before what was given.
  const nextMinute = Math.floor(until / 60_000) * 60_000 + 60_000;
  return cronOf(line).previousRuns(1, new Date(nextMinute))[0]?.getTime();
}

/** A moment as the clocks of a time zone show it: `Wed 2026-11-25 03:00`. */
export function inZone(time: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone, weekday: "short", year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  return `${part.weekday} ${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

function cronOf({ cron, timeZone }: CronLine): Cron {
  // A list such as `30 2,14` names fixed times, too: none is left out or doubled when clocks change.
  return new Cron(cron, { timezone: timeZone, paused: true, mode: "5-part", fixedTimeRule: "no-wildcard" });
}
