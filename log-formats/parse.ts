import { type LogFormat, PARSED, type ReadOptions, TYPES } from "./format.ts";
import { templateOf } from "./template.ts";

/**
 * Adds what a format finds to a relation with a column `raw`, as the text of a SELECT: all columns of the relation, then
 * `parsed`, then those of PARSED, all null where the record was not understood. `text` is what is taken apart.
 */
export function parsing(format: LogFormat, relation: string, options: ReadOptions, text = "raw"): string {
  const found = format.columns("__parts", options);
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
