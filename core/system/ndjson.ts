import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { z } from "zod";
import { parseJson } from "../jobs/parse/json.ts";
import { tolerant } from "./tolerant.ts";

/**
 * Appends one object as a line of JSON, exactly what its shape has, in a single write, so that lines of several processes never
 * mix. Throws where something required does not fit.
 */
export function appendLine<T>(path: string, shape: z.ZodType<T>, value: T): void {
  appendText(path, `${JSON.stringify(tolerant(shape).parse(value))}\n`);
}

/** Appends whole lines in a single write. */
export function appendText(path: string, lines: string): void {
  const file = openSync(path, "a", 0o600);
  try {
    writeSync(file, lines);
  } finally {
    closeSync(file);
  }
}

/** The objects of an NDJSON file, none if it is not there. A line that a crash has torn, or of another shape, is left out. */
export function readLines<T>(path: string, shape: z.ZodType<T>): T[] {
  return parseLines(readText(path), shape);
}

/** The objects of such a text. */
export function parseLines<T>(text: string, shape: z.ZodType<T>): T[] {
  return text.split("\n").flatMap(line => lineOf(line, shape) ?? []);
}

/** The object of one line; undefined where it is torn or of another shape. */
export function lineOf<T>(line: string, shape: z.ZodType<T>): T | undefined {
  try {
    return line ? tolerant(shape).safeParse(parseJson(line)).data : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
