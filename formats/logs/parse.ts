import { type LogFormat, PARSED, type ParsedColumn, type ReadOptions, TYPES } from "./format.ts";
import { templateOf } from "./template-groups.ts";

/**
 * Adds what a format finds to a relation with a column `raw`, as the text of a SELECT: all columns of the relation, then
 * `parsed`, then those of PARSED, all null where the record was not understood. `text` is what is taken apart.
 */
export function parsing(format: LogFormat, relation: string, options: ReadOptions, text = parsedText(format)): string {
  const found = parsedColumns(format, "__parts", options);
  const values = PARSED.map(column => `${found[column] ?? `cast(null as ${TYPES[column]})`} as __${column}`);
  const template = found.template ? "__template" : templateOf("__message");
  const results = PARSED.map(column => {
    return `if(__parsed, ${column === "template" ? template : `__${column}`}, null) as ${column}`;
  });
  const inner = ["__parts", "__parsed", ...PARSED.map(column => `__${column}`)];
  return `select * except (${inner.join(", ")}), __parsed as parsed, ${results.join(", ")} from (
    select *, coalesce(${format.understood("__parts", "__time")}, false) as __parsed from (
      select *, ${values.join(", ")} from (
        select *, ${format.parts(text)} as __parts from (${relation}))))`;
}

/**
 * The template of a line as one expression, for a sample of lines: nothing is worked out where it is not asked for. Null in a
 * format that makes its own.
 */
export function templateIn(format: LogFormat, raw: string, options: ReadOptions): string | undefined {
  const own = parsedColumns(format, "__p", options);
  if (own.template || !own.message) return undefined;
  return `get(transform(array(${format.parts(parsedText(format, raw))}), __p -> ${templateOf(own.message)}), 0)`;
}

/** What of a line is taken apart where it stands alone, as SQL: the line itself, or what is wrapped in it. */
export function parsedText(format: LogFormat, raw = "raw", trace = "cast(null as string)"): string {
  return format.text?.(raw, trace) ?? format.unwrap?.sql(raw) ?? raw;
}

/** What a format finds, with the level of a record that tells none: `unknown`. */
export function parsedColumns(
  format: LogFormat,
  parts: string,
  options: ReadOptions,
): Partial<Record<ParsedColumn, string>> {
  const found = format.columns(parts, options);
  return { ...found, level: found.level ? `coalesce(${found.level}, 'unknown')` : "'unknown'" };
}
