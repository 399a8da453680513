import { quote } from "../tables/names.ts";
import type { CsvColumn } from "./columns.ts";
import { STAGED } from "./reading.ts";

/** Which of several records with one key is taken: the last, the first, or none. */
export const ON_DUPLICATE = ["last", "first", "reject"] as const;
export type OnDuplicate = (typeof ON_DUPLICATE)[number];

/** One row for each key of a staged file, by the number of its records; beside it that number (`record`), and how many there are. */
export function winnersSelect(stage: string, columns: readonly CsvColumn[], onDuplicate: OnDuplicate): string {
  const keys = columns.filter(column => column.key).map(({ name }) => quote(name));
  const rest = columns.filter(column => !column.key).map(({ name }) => quote(name));
  const values = [STAGED.record, ...rest].join(", ");
  const pick = onDuplicate === "first" ? "min_by" : "max_by";
  const row = `${pick}(struct(${values}), ${STAGED.record})`;
  const names = columns.map(({ name, key }) => (key ? quote(name) : `portal_row.${quote(name)} as ${quote(name)}`));
  return `select ${names.join(", ")}, portal_row.${STAGED.record} as ${STAGED.record}, portal_count
    from (select ${keys.join(", ")}, ${row} as portal_row, count(*) as portal_count from ${stage}
          where ${STAGED.problem} is null group by ${keys.join(", ")})${onDuplicate === "reject" ? " where portal_count = 1" : ""}`;
}

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
