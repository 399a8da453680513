import type { SqlToken } from "./lexer.ts";
import { SqlError, unsupported } from "./refusal.ts";

/** A property's value: a text, or a list of property groups in brackets. */
export type Property = string | Properties[];
/** What stands as `KEY = value` in a statement. */
export type Properties = Record<string, Property>;

/** Reads a statement from its first token to its last. */
export type Reader = ReturnType<typeof readerOf>;

/** A reader at the first token. */
export function readerOf(tokens: readonly SqlToken[], sql: string) {
  let at = 0;
  const isSymbol = (text: string) => tokens[at]?.kind === "symbol" && tokens[at]?.text === text;

  /** Goes over these words if they are the next ones. */
  function take(words: string): boolean {
    const wanted = words.split(" ");
    const there = wanted.every((word, i) => tokens[at + i]?.value === word && tokens[at + i]?.kind !== "string");
    if (there) at += wanted.length;
    return there;
  }

  /** A name, in one part or several; unquoted parts in upper case. */
  function name(): string[] {
    const parts: string[] = [];
    do {
      const token = tokens[at++];
      if (token?.kind !== "word" && token?.kind !== "quoted") throw unexpected(at - 1);
      parts.push(token.value);
    } while (take("."));
    return parts;
  }

  /** A text in quotes. */
  function text(): string {
    const token = tokens[at++];
    if (token?.kind !== "string") throw unexpected(at - 1);
    return token.value;
  }

  /** All properties from here to the end or a closing bracket; one that is not in `allowed` is refused. */
  function properties(allowed: readonly string[]): Properties {
    const found: Properties = {};
    for (; at < tokens.length && !isSymbol(")"); take(",")) {
      const [key = ""] = name();
      if (!allowed.includes(key)) throw unsupported(`${key} in ${sql}`);
      if (!take("=")) throw unexpected(at);
      found[key] = take("(") ? groups(allowed) : (tokens[at++]?.value ?? "");
    }
    return found;
  }

  function groups(allowed: readonly string[]): Properties[] {
    const found: Properties[] = [];
    while (take("(")) {
      found.push(properties(allowed));
      if (!take(")")) throw unexpected(at);
      take(",");
    }
    if (!take(")")) throw unexpected(at);
    return found;
  }

  /** Refuses whatever is left. */
  function end(): void {
    if (at < tokens.length) throw unsupported(`${tokens[at]?.text} in ${sql}`);
  }

  function unexpected(position: number): SqlError {
    const found = tokens[position] ? `unexpected '${tokens[position].text}'` : "unexpected end";
    return new SqlError("001003", "42000", `SQL compilation error: syntax error: ${found} in ${sql.slice(0, 200)}`);
  }

  return { take, name, text, properties, end };
}
