import { openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { format, parseArgs } from "node:util";

/** How a start is to tell what it does. */
export interface LineOptions {
  debug: boolean;
  logFile?: string;
}

/** A start that tells all in lines: `timestamp - level - message`. */
export interface LogOutput {
  debug(message: string): void;
  /** Tells what another process says: the level and the message where it says them in JSON. */
  follow(output: Readable): void;
}

type Level = "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";

/** The options of a start, `--debug` and `--log-file FILE`; undefined where there are none. Throws on any other. */
export function lineOptions(args: readonly string[]): LineOptions | undefined {
  const options = { debug: { type: "boolean" }, "log-file": { type: "string" } } as const;
  const { debug = false, "log-file": logFile } = parseArgs({ args: [...args], options }).values;
  return debug || logFile !== undefined ? { debug, ...(logFile !== undefined && { logFile }) } : undefined;
}

/** From now on all that this process prints goes out in lines, to the console and to the file, if one is named. */
export function tellInLines({ debug, logFile }: LineOptions): LogOutput {
  const file = logFile === undefined ? undefined : openSync(logFile, "a", 0o600);
  const writeLine = (level: Level, text: string) => {
    for (const line of text.split(/[\r\n]+/).map(one => one.trim())) {
      if (!line) continue;
      const entry = `${new Date().toISOString()} - ${level} - ${line}\n`;
      (level === "ERROR" || level === "CRITICAL" ? process.stderr : process.stdout).write(entry);
      // A link that logs somebody in is for who sits at this terminal.
      if (file !== undefined) writeSync(file, entry.replace(/([?&]link=)[\w-]+/g, "$1…"));
    }
  };
  console.log = (...all: unknown[]) => writeLine("INFO", format(...all));
  console.warn = (...all: unknown[]) => writeLine("WARNING", format(...all));
  console.error = (...all: unknown[]) => writeLine("ERROR", format(...all));
  // What is drawn over and over on a terminal is no line.
  process.stdout.isTTY = false;
  return {
    debug: message => debug && writeLine("DEBUG", message),
    follow: output => {
      createInterface({ input: output }).on("line", line => writeLine(...parsed(line)));
    },
  };
}

function parsed(line: string): [Level, string] {
  try {
    const { level, msg } = JSON.parse(line) as { level?: number; msg?: string };
    if (typeof msg === "string") return [LEVELS[level ?? 30] ?? "INFO", msg];
  } catch {
    // It was no JSON: it stands as it came.
  }
  return ["INFO", line];
}

// As the worker's own log numbers them.
const LEVELS: Readonly<Record<number, Level>> = { 20: "DEBUG", 30: "INFO", 40: "WARNING", 50: "ERROR", 60: "CRITICAL" };
