/** A value that may stand for a `:name` in a statement. */
export type Argument = string | number | boolean | null | bigint;

/** Values for the `:name`s of a statement. */
export type Arguments = Record<string, Argument>;

// What is skipped whole: strings, quoted names, comments; and a name after what makes its colon a cast or a path.
const PIECES =
  /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`]|``)*`|--[^\n]*|\/\*[\s\S]*?\*\/|(?<![\w:)\]'"`]):([A-Za-z_]\w*)/g;

/**
 * Writes values in the place of their `:name`s. Spark could do it, but a server with SQL extensions of its own
 * (Iceberg's among them) loses the values on the way.
 */
export function bind(sql: string, args: Arguments = {}): string {
  return sql.replace(PIECES, (piece, name?: string) =>
    name !== undefined && Object.hasOwn(args, name) ? sqlText(args[name] ?? null) : piece,
  );
}

function sqlText(value: Argument): string {
  switch (typeof value) {
    case "string":
      // A server may substitute variables inside of literals, too: `${` is parted, so that it finds none.
      return `'${value.replace(/[\\']/g, "\\$&").replaceAll("${", "$\\{")}'`;
    case "bigint":
      return `(${value}${BigInt.asIntN(64, value) === value ? "L" : "BD"})`;
    case "number":
      if (Number.isSafeInteger(value)) return `(${value})`;
      return Number.isFinite(value) ? `(${value}D)` : `double('${value}')`;
    default:
      return String(value);
  }
}
