import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes settings as a file of Java properties that only this user can read; gives its path. */
export function writeProperties(folder: string, settings: Record<string, string>): string {
  const file = join(folder, "spark.properties");
  const lines = Object.entries(settings).map(([key, value]) => `${escaped(key)}=${escaped(value)}\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return file;
}

// Everything that means something in such a file is escaped, wherever it stands.
function escaped(text: string): string {
  return text
    .replace(/[\\:=#! ]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
}
