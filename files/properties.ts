import { readFileSync } from "node:fs";

/** The settings of a file like spark-defaults.conf: `key value` or `key=value`, one a line, `#` starts a comment. */
export function readProperties(path: string): Record<string, string> {
  const lines = readFileSync(path, "utf8").split("\n");
  return Object.fromEntries(
    lines.flatMap(line => {
      const match = /^\s*([^#\s=][^\s=]*)\s*[=\s]\s*(.*?)\s*$/.exec(line);
      return match ? [[match[1], match[2]]] : [];
    }),
  );
}
