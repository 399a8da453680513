import type { Escape } from "./dialect.ts";

type Unescaped = { value: string | null } | { problem: string };

const MYSQL: Readonly<Record<string, string>> = { "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\x1a" };
const POSTGRES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/**
 * The value of a field with backslashes. An escape that the dialect does not have is a problem: leaving the backslash out
 * or in would both be a guess.
 */
export function unescapeField(text: string, escaping: Escape, delimiter: string, quoted: boolean): Unescaped {
  if (text === "\\N" && !quoted) return { value: null };
  const known = escaping === "mysql" ? MYSQL : POSTGRES;
  let value = "";
  for (let from = 0; ; ) {
    const slash = text.indexOf("\\", from);
    if (slash < 0) return { value: value + text.slice(from) };
    value += text.slice(from, slash);
    const next = text[slash + 1];
    const code =
      escaping === "postgres" ? /^(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2})/.exec(text.slice(slash + 1))?.[0] : undefined;
    if (code) {
      value += String.fromCharCode(
        code.startsWith("x") ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8),
      );
      from = slash + 1 + code.length;
      continue;
    }
    if (next === undefined) return { problem: "a backslash stands at the end of a field" };
    if (Object.hasOwn(known, next) && isPath(text, slash))
      return { problem: `"${text.slice(0, slash + 2).slice(-12)}" can be a path or hold an escape` };
    if (Object.hasOwn(known, next)) value += known[next];
    else if (next === "\\" || next === delimiter || /["'\r\n]/.test(next)) value += next;
    else
      return { problem: `"\\${next}" is no escape of ${escaping === "mysql" ? "MySQL" : "PostgreSQL's text format"}` };
    from = slash + 2;
  }
}

// C:\new and \\server\new have backslashes of their own, which a program that escapes would have doubled.
function isPath(text: string, slash: number): boolean {
  if (/(^|[^A-Za-z])[A-Za-z]:$/.test(text.slice(Math.max(0, slash - 3), slash))) return true;
  return slash < 64 && /^\\\\\w[^\s\\]*$/.test(text.slice(0, slash));
}
