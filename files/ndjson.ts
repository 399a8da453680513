import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/** Appends one JSON object as a line, in a single write, so that lines of several processes never mix. */
export function appendLine(path: string, value: object): void {
  appendText(path, `${JSON.stringify(value)}\n`);
}

/** Appends whole lines in a single write. */
export function appendText(path: string, lines: string): void {
  const file = openSync(path, "a", 0o640);
  try {
    writeSync(file, lines);
  } finally {
    closeSync(file);
  }
}

/** The objects of an NDJSON file, none if it is not there. A last line that was torn by a crash is left out. */
export function readLines<T>(path: string): T[] {
  return readText(path)
    .split("\n")
    .flatMap(line => {
      try {
        return line ? [JSON.parse(line) as T] : [];
      } catch {
        return [];
      }
    });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
