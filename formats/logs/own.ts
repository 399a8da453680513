import { mkdirSync } from "node:fs";
import { z } from "zod";
import { logPatternFile, logPatternNames, logPatternsFolder } from "../../core/store/data-files.ts";
import { removeFile, replaceFile } from "../../core/system/atomic.ts";
import { readJson, toJson } from "../../core/system/json.ts";
import type { LogFormat } from "./format.ts";
import { type NamedPattern, named } from "./formats/named.ts";
import { NAMES } from "./list.ts";

/** A format of one's own as its file has it, with the lines that it was made from. */
export interface OwnFormat extends NamedPattern {
  sample?: readonly string[];
}

/** What stands in the way of a name, in a sentence; nothing where it may be taken. */
export function problemOfName(name: string): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) return "Take letters a-z, digits and -, and begin with a letter.";
  if (name === "auto" || NAMES.includes(name)) return `There is a format called ${name} already: take another name.`;
  return undefined;
}

const shape = z.object({
  pattern: z.string().max(100_000),
  time: z.string().exactOptional(),
  title: z.string().exactOptional(),
  follows: z.enum(["none", "traces", "all"]).exactOptional(),
  sample: z.array(z.string()).exactOptional(),
});

/**
 * The formats that people have described on the page, each a file of `log-patterns/` in DATA_DIR. A file that somebody broke
 * is left out: it stops neither the page nor an analysis.
 */
export function ownFormats(dataDir: string): OwnFormat[] {
  return namesIn(dataDir).flatMap(name => {
    const found = shape.safeParse(jsonIn(logPatternFile(dataDir, name)));
    return found.success ? [{ ...found.data, name }] : [];
  });
}

/** The same, ready to read with. One that can't be made is left out: a file that somebody broke stops no analysis. */
export function ownLogFormats(dataDir: string): LogFormat[] {
  return ownFormats(dataDir).flatMap(format => {
    try {
      return [named(format)];
    } catch {
      return [];
    }
  });
}

/** Keeps a format, in place of one of that name. Throws a sentence where its name or pattern is wrong. */
export function keepOwnFormat(dataDir: string, { name, ...format }: OwnFormat): void {
  const problem = problemOfName(name);
  if (problem) throw new Error(problem);
  named({ name, ...format });
  mkdirSync(logPatternsFolder(dataDir), { recursive: true, mode: 0o700 });
  replaceFile(logPatternFile(dataDir, name), toJson(format));
}

/** Removes a format; whether there was one. */
export function removeOwnFormat(dataDir: string, name: string): boolean {
  if (!namesIn(dataDir).includes(name)) return false;
  removeFile(logPatternFile(dataDir, name));
  return true;
}

function jsonIn(path: string): unknown {
  try {
    return readJson(path);
  } catch {
    return undefined;
  }
}

function namesIn(dataDir: string): string[] {
  return logPatternNames(dataDir).filter(name => WELL_FORMED.test(name));
}

const WELL_FORMED = /^[a-z][a-z0-9-]{0,39}$/;
