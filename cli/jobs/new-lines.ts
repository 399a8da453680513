import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parseJson } from "../../core/jobs/parse/json.ts";

/** Reads an NDJSON file as it grows: each call gives the objects of the lines that were finished since the last one. */
export function newLines(path: string): () => unknown[] {
  let read = 0;
  return () => {
    const bytes = readFrom(path, read);
    const end = bytes.lastIndexOf(10) + 1;
    read += end;
    return bytes.subarray(0, end).toString().split("\n").flatMap(parsed);
  };
}

function readFrom(path: string, start: number): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - start));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
  } finally {
    closeSync(file);
  }
}

function parsed(line: string): unknown[] {
  try {
    return line ? [parseJson(line)] : [];
  } catch {
    return [];
  }
}
