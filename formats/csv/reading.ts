import { randomUUID } from "node:crypto";
import { quote, sparkLiteral } from "../../connectors/iceberg/names.ts";
import { ddl } from "../../connectors/spark/protocol/types.ts";
import { type CsvColumn, STAGED } from "./columns.ts";

/** How Spark is told to read the prepared parts of a file, in which every field can be read in one way only. */
export function viewStatement(view: string, uri: string, columns: number): string {
  const names = Array.from({ length: columns + 2 }, (_, at) => `c${at} string`);
  const pairs = {
    ...{ path: uri, sep: ",", quote: '"', escape: '"', header: "false", encoding: "UTF-8", mode: "FAILFAST" },
    ...{ multiLine: "true", lineSep: "\n", maxColumns: String(columns + 3) },
    // A quoted empty field is an empty text, one without quotes is null: they differ only if null is something else.
    ...{ nullValue: randomUUID(), emptyValue: "" },
  };
  const options = Object.entries(pairs).map(([key, value]) => `${key} ${sparkLiteral(value)}`);
  return `create or replace temporary view ${quote(view)} (${names.join(", ")}) using csv options (${options.join(", ")})`;
}

/** The records of such a view: the number and the line of each, and its values in their types. */
export function recordsSelect(view: string, columns: readonly CsvColumn[]): string {
  const values = columns.map(({ name, type }, at) => {
    const text = `c${at + 2}`;
    return `${type.kind === "string" ? text : `cast(${text} as ${ddl(type)})`} as ${quote(name)}`;
  });
  return `select cast(c0 as bigint) as ${STAGED.record}, cast(c1 as bigint) as ${STAGED.line}, ${values.join(", ")} from ${quote(view)}`;
}
