/** What of the first line somebody has marked: the words as they stand there. */
export interface Marks {
  time: string;
  level?: string;
  message?: string;
}

/**
 * A pattern for lines like the first, of what is marked in it. What stands between the marks may differ from line to line;
 * signs that are no letters or digits must be there. Throws a sentence where a mark is not in the line, or marks overlap.
 */
export function patternFrom(line: string, { time, level, message }: Marks): string {
  const groups = [place(line, "time", time), level ? place(line, "level", level) : undefined];
  const known = groups.filter(group => group !== undefined);
  // A message is what follows the other marks, as long as it is not said otherwise; it may contain the same words.
  const behind = Math.max(...known.map(({ to }) => to));
  const text = message ? place(line, "message", message, behind) : undefined;
  const all = [...known, ...(text ? [text] : [])].sort((a, b) => a.from - b.from);
  const overlap = all.find((group, at) => group.from < (all[at - 1]?.to ?? 0));
  if (overlap) throw new Error(`The ${overlap.name} overlaps with another mark: mark each apart.`);
  let pattern = "";
  let at = 0;
  for (const { name, from, to } of all) {
    pattern += `${between(line.slice(at, from))}(?<${name}>${BODIES[name](line.slice(from, to))})`;
    at = to;
    if (name === "message") return pattern;
  }
  return `${pattern}${/^\s/.test(line.slice(at)) ? "\\s*" : ""}(?<message>.*)`;
}

type Name = "time" | "level" | "message";

interface Group {
  name: Name;
  from: number;
  to: number;
}

const BODIES: Record<Name, (text: string) => string> = {
  time: text => shapeOf(text),
  level: text => (/^\d+$/.test(text) ? "\\d+" : "[A-Za-z]+"),
  message: () => ".*",
};

function place(line: string, name: Name, text: string, from = 0): Group {
  const words = text.trim();
  const at = line.indexOf(words, from);
  if (words === "" || at < 0)
    throw new Error(`The ${name} “${words.slice(0, 80)}” does not stand in the first line: copy it from there.`);
  return { name, from: at, to: at + words.length };
}

// Digits may be fewer, a month may have another name; all other signs of a time stay.
function shapeOf(time: string): string {
  return time.replace(/\d+|[A-Za-z]+|\s+|[^\w\s]|_/g, part => {
    if (/^\d/.test(part)) return `\\d{1,${Math.max(2, part.length)}}`;
    if (/^[A-Za-z]{2,}/.test(part)) return "[A-Za-z]+";
    if (/^\s/.test(part)) return "\\s+";
    return RegExp.escape(part);
  });
}

// A word ends before the sign that follows it; the blanks around it may be more or fewer.
function between(text: string): string {
  return text.replace(/[\p{L}\p{N}_.$@/#+-]+|\s+|[^\s]/gu, (part, offset: number) => {
    if (/^\s/.test(part)) return "\\s+";
    if (!/^[\p{L}\p{N}_.$@/#+-]/u.test(part)) return RegExp.escape(part);
    const next = text[offset + part.length] ?? "";
    if (!/[\p{L}\p{N}]/u.test(part)) return RegExp.escape(part);
    return next === "" || /\s/.test(next) ? "\\S+" : `[^${/[[\]\\^]/.test(next) ? `\\${next}` : next}]*`;
  });
}
