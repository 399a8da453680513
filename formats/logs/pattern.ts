import { sparkLiteral } from "../../connectors/iceberg/names.ts";

/** A regular expression with named groups, as Spark takes lines apart with it: one match for all groups. */
export interface Pattern {
  source: string;
  groups: readonly string[];
  /** An array of the groups and of what follows the match. */
  parts(raw: string): string;
  /** Whether there was a match. */
  matched(parts: string): string;
  /** A group that is never empty where the pattern matches. */
  always(parts: string, name: string): string;
  /** A group of it, null where it is empty. */
  group(parts: string, name: string): string;
  /** What follows the match, or the group `message` where there is one. */
  rest(parts: string): string;
}

/**
 * Makes one; it is tried at the beginning of a line only. Java runs a repeated group, `(?:a|b)*`, by recursion and would
 * die of a long line: repeat single signs only.
 */
export function pattern(source: string): Pattern {
  const numbers = groupNumbers(source);
  const groups = [...numbers.keys()].sort((a, b) => Number(a === "message") - Number(b === "message"));
  const replacement = [...groups.map(name => `$${numbers.get(name)}`), ""].map(part => `\u0001${part}`).join("");
  const at = (parts: string, name: string) => `get(${parts}, ${groups.indexOf(name) + 1})`;
  return {
    source,
    groups,
    parts: raw =>
      `split(regexp_replace(${raw}, ${sparkLiteral(`^(?:${source})`)}, ${sparkLiteral(replacement)}), '\u0001', ${groups.length + 2})`,
    matched: parts => `size(${parts}) = ${groups.length + 2} and get(${parts}, 0) = ''`,
    always: at,
    // Not nullif(), which Spark can't take apart inside a lambda.
    group: (parts, name) => {
      return numbers.has(name) ? `if(${at(parts, name)} = '', null, ${at(parts, name)})` : "cast(null as string)";
    },
    rest: parts => (numbers.has("message") ? at(parts, "message") : `get(${parts}, ${groups.length + 1})`),
  };
}

// Spark would take `${name}` for a variable of its own, so groups go by number.
function groupNumbers(source: string): Map<string, number> {
  const numbers = new Map<string, number>();
  let number = 0;
  for (const [token, name] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\(\?<([A-Za-z]\w*)>|\((?!\?)/gs)) {
    if (!token.startsWith("(")) continue;
    number += 1;
    if (name) numbers.set(name, number);
  }
  return numbers;
}
