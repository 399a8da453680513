import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { PROJECT } from "../../core/settings.ts";

const DATA = ["archive", "logs", "queue", "schedules", "uploads", "reports", "data"];

/** Every file of code that is no test, by its path in the project. */
export const sources = files(PROJECT).filter(path => !/^(tests|node_modules)\b/.test(path));

/** What each of them imports, by path. */
export const imports = new Map(sources.map(path => [path, importsOf(path)]));

/** The files below a folder whose names fit, data left out. */
export function files(root: string, pattern = /\.(ts|mjs|css)$/): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap(entry => {
    if (entry.isDirectory()) {
      const isData = root === PROJECT && DATA.includes(entry.name);
      if (isData || ["node_modules", ".git", ".laptop"].includes(entry.name)) return [];
      return files(join(root, entry.name), pattern).map(path => join(entry.name, path));
    }
    return entry.isFile() && pattern.test(entry.name) ? [entry.name] : [];
  });
}

/** The text of a file of the project. */
export function text(path: string): string {
  return readFileSync(join(PROJECT, path), "utf8");
}

/** The top-level folder of a path. */
export function topOf(path: string): string {
  return path.split(sep)[0] ?? "";
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(PROJECT, path), "utf8");
  const found = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(match => match[1] ?? "");
  return found.map(target => relative(PROJECT, resolve(PROJECT, dirname(path), target)));
}
