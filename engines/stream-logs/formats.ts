import { SettingsError } from "../../core/settings.ts";
import type { LogFormat } from "../../formats/logs/format.ts";
import { FORMATS } from "../../formats/logs/list.ts";
import { ownLogFormats } from "../../formats/logs/own.ts";

/** The formats whose lines can be read one by one: no first line names their columns, and their times have years. */
export function streamFormats(dataDir?: string): string[] {
  const own = dataDir === undefined ? [] : ownLogFormats(dataDir);
  return [...new Set([...own, ...FORMATS].filter(isForStreams).map(({ name }) => name))];
}

/** The format that a job names. Throws a sentence where there is none for a stream. */
export function streamFormat(name: string, dataDir?: string): LogFormat {
  const own = dataDir === undefined ? [] : ownLogFormats(dataDir);
  const found = [...own, ...FORMATS].find(format => format.name === name && isForStreams(format));
  if (found) return found;
  throw new SettingsError(
    `A stream can't be read as "${name}": its format is one of ${streamFormats(dataDir).join(", ")}.`,
  );
}

function isForStreams({ header, monthDay, oneByOne }: LogFormat): boolean {
  return !header && !monthDay && oneByOne !== false;
}
