import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

type Step = string | typeof ANY | typeof ANY_BUT_SLASH;
const ANY = Symbol("any signs");
const ANY_BUT_SLASH = Symbol("any signs of one name");

/**
 * Whether a whole text is like a pattern in which `*` stands for any signs of a name, and `**` for `/` too; nothing else has
 * a meaning. A regular expression of many stars would try every way to share the text among them, which takes for ever.
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const steps = pattern
    .split(/(\*+)/)
    .flatMap((part): Step[] => (part === "*" ? [ANY_BUT_SLASH] : part.startsWith("**") ? [ANY] : [...part]));
  return text => {
    // The steps that can come next: all are followed side by side, so each sign of the text is looked at once.
    let open = reached(steps, [0]);
    for (const sign of text) {
      const next = open.flatMap(at => {
        const step = steps[at];
        if (step === ANY || (step === ANY_BUT_SLASH && sign !== "/")) return [at];
        return step === sign ? [at + 1] : [];
      });
      if (next.length === 0) return false;
      open = reached(steps, next);
    }
    return open.includes(steps.length);
  };
}

// A star may stand for nothing.
function reached(steps: readonly Step[], from: readonly number[]): number[] {
  const all = new Set<number>();
  for (let at of from) {
    all.add(at);
    while (typeof steps[at] === "symbol") all.add(++at);
  }
  return [...all];
}

/**
 * The names below a folder that are like a pattern of `*` and `**`, which also stands for no folder at all. Braces, brackets
 * and question marks are signs like others: `{1..99999999}` would else be written out. `**` follows no link to a folder.
 */
export function namesLike(folder: string, pattern: string): string[] {
  const parts = pattern.split("/").filter((part, at, all) => part !== "" && !(part === "**" && all[at - 1] === "**"));
  const found = new Set<string>();
  const listed = new Set<string>();
  walk("", 0);
  return [...found].sort();

  function walk(below: string, at: number): void {
    const part = parts[at];
    const key = `${at} ${below}`;
    if (part === undefined || listed.has(key)) return;
    listed.add(key);
    const isLast = at === parts.length - 1;
    const isDeep = part === "**";
    if (isDeep && !isLast) walk(below, at + 1);
    if (!part.includes("*")) {
      if (isLast) found.add(join(below, part));
      else walk(join(below, part), at + 1);
      return;
    }
    const like = wildcard(part);
    for (const entry of entriesOf(join(folder, below))) {
      const name = join(below, entry.name);
      if (isDeep && entry.isDirectory()) walk(name, at);
      if (isLast && like(entry.name)) found.add(name);
      else if (!isLast && !isDeep && like(entry.name) && !entry.isFile()) walk(name, at + 1);
    }
  }
}

// What is no folder, or may not be read, has no names.
function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

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
