import { SqlError } from "./refusal.ts";

/** A piece of SQL. `value` is what it means: a word in upper case, a text without its quotes. */
export interface SqlToken {
  kind: (typeof KINDS)[number];
  text: string;
  value: string;
  /** Whether blank space or a comment stands before it. */
  spaced: boolean;
}

/** Cuts a statement into its tokens, without comments and last semicolons. `:1` is a bind only where there are binds. */
export function tokensOf(sql: string, hasBinds = false): SqlToken[] {
  const tokens: SqlToken[] = [];
  let spaced = false;
  for (const match of sql.matchAll(hasBinds ? WITH_BINDS : WITHOUT_BINDS)) {
    const [text] = match;
    const kind = KINDS.find(name => match.groups?.[name] !== undefined);
    if (kind === "broken") throw new SqlError("001003", "42000", `SQL compilation error: a ${text} is never closed.`);
    if (kind) tokens.push({ kind, text, value: VALUES[kind]?.(text) ?? text, spaced });
    spaced = !kind;
  }
  while (tokens.at(-1)?.text === ";") tokens.pop();
  return tokens;
}

/** The parts of a name that stands in a text. */
export function namesIn(text: string): string[] {
  return tokensOf(text).flatMap(({ kind, value }) => (kind === "word" || kind === "quoted" ? [value] : []));
}

/** A text as DuckDB takes it, which knows no backslash. */
export function duckText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as DuckDB takes it. */
export function duckName(...parts: string[]): string {
  return parts.map(part => `"${part.replaceAll('"', '""')}"`).join(".");
}

const KINDS = ["string", "quoted", "word", "number", "bind", "symbol", "broken"] as const;

const VALUES: Partial<Record<SqlToken["kind"], (text: string) => string>> = {
  string: text => (text.startsWith("$$") ? text.slice(2, -2) : unescaped(text.slice(1, -1))),
  quoted: text => text.slice(1, -1).replaceAll('""', '"'),
  word: text => text.toUpperCase(),
};

function unescaped(text: string): string {
  const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", 0: "\0" };
  return text.replace(/''|\\([\s\S])/g, (_, letter?: string) => (letter ? (escapes[letter] ?? letter) : "'"));
}

const WITH_BINDS = pattern("\\?|:\\d+");
const WITHOUT_BINDS = pattern("\\?");

function pattern(bind: string): RegExp {
  const pieces = [
    String.raw`\s+|--[^\n]*|//[^\n]*|/\*[\s\S]*?\*/`,
    String.raw`(?<string>'(?:[^'\\]|\\[\s\S]|'')*'|\$\$[\s\S]*?\$\$)`,
    `(?<quoted>"(?:[^"]|"")*")`,
    String.raw`(?<word>[A-Za-z_][\w$]*)`,
    String.raw`(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)`,
    `(?<symbol>::)|(?<bind>${bind})|(?<broken>['"])|(?<other>\\S)`,
  ];
  return new RegExp(pieces.join("|").replace("<other>", "<symbol>"), "g");
}
