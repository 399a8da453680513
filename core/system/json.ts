import { readFileSync } from "node:fs";
import type { z } from "zod";
import { parseJson } from "../jobs/parse/json.ts";
import { tolerant } from "./tolerant.ts";

/** Reads a JSON file that this product wrote itself; undefined if it is not there. */
export function readJson<T>(path: string): T | undefined {
  try {
    return parseJson(readFileSync(path, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Reads a JSON file of a shape, tolerant of what another version wrote; undefined if it is not there. Throws where it is not of
 * this shape.
 */
export function readShaped<T>(path: string, shape: z.ZodType<T>): T | undefined {
  const value = readJson<unknown>(path);
  if (value === undefined) return undefined;
  const { data, error } = tolerant(shape).safeParse(value);
  const [first] = error?.issues ?? [];
  if (first) throw new Error(`${path} is not whole: ${first.path.join(".")}: ${first.message}`);
  return data;
}

/** The same, for files that people may have put there: undefined also where it is not of this shape or no JSON. */
export function findShaped<T>(path: string, shape: z.ZodType<T>): T | undefined {
  try {
    return readShaped(path, shape);
  } catch {
    return undefined;
  }
}

/** A value as it stands in its file: exactly what its shape has. Throws where something required does not fit. */
export function shapedJson<T>(shape: z.ZodType<T>, value: T): string {
  return toJson(tolerant(shape).parse(value));
}

/** JSON as it stands in files that people read. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
