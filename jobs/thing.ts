/** What a job works on, one of them and many. */
export type Thing = readonly [one: string, many: string];

/** What most jobs work on. */
export const TABLES: Thing = ["table", "tables"];

/** `1 table`, `5 tables`. */
export function counted(count: number, [one, many]: Thing = TABLES): string {
  return `${count} ${count === 1 ? one : many}`;
}
