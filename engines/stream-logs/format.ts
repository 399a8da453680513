import type { LogFormat } from "../../log-formats/format.ts";
import { FORMATS } from "../../log-formats/list.ts";
import { SettingsError } from "../../settings.ts";

/** The formats whose lines can be read one by one: no first line names their columns, and their times have years. */
export function streamFormats(): string[] {
  return [...new Set(FORMATS.filter(isForStreams).map(({ name }) => name))];
}

/** The format that a job names. Throws a sentence where there is none for a stream. */
export function streamFormat(name: string): LogFormat {
  const found = FORMATS.find(format => format.name === name && isForStreams(format));
  if (found) return found;
  throw new SettingsError(`A stream can't be read as "${name}": its format is one of ${streamFormats().join(", ")}.`);
}

function isForStreams({ header, monthDay }: LogFormat): boolean {
  return !header && !monthDay;
}
