import { quote } from "../../connectors/iceberg/names.ts";
import { type CsvColumn, STAGED } from "./columns.ts";

/** Which of several records with one key is taken: the last, the first, or none. */
export const ON_DUPLICATE = ["last", "first", "reject"] as const;
export type OnDuplicate = (typeof ON_DUPLICATE)[number];

/** One row for each key of a staged file, by the number of its records, which comes along. */
export function deduplicateSelect(stage: string, columns: readonly CsvColumn[], onDuplicate: OnDuplicate): string {
  const keys = columns.filter(column => column.key).map(({ name }) => quote(name));
  const names = [...columns.map(({ name }) => quote(name)), STAGED.record, STAGED.line].join(", ");
  // A window sorts once, after the shuffle; an aggregate of whole rows would sort before it too.
  return `select ${names} from (select ${names}, ${PICKED[onDuplicate]} over (partition by ${keys.join(", ")}) as portal_picked
    from ${stage}) where portal_picked = ${onDuplicate === "reject" ? 1 : STAGED.record}`;
}

const PICKED = { last: `max(${STAGED.record})`, first: `min(${STAGED.record})`, reject: "count(*)" } as const;

/** Whether two rows, by the names they have, have the same key. */
export function sameKey(a: string, b: string, columns: readonly CsvColumn[]): string {
  const keys = columns.filter(column => column.key);
  return keys.map(({ name }) => `${a}.${quote(name)} = ${b}.${quote(name)}`).join(" and ");
}

/** Whether two rows of one key have the same values. */
export function sameValues(a: string, b: string, columns: readonly CsvColumn[]): string {
  const rest = columns.filter(column => !column.key);
  if (rest.length === 0) return "true";
  return rest.map(({ name }) => `${a}.${quote(name)} <=> ${b}.${quote(name)}`).join(" and ");
}
