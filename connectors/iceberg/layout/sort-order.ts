import { quote } from "../names.ts";

/**
 * The sort order as SQL, from the property in which Iceberg tells it, `id DESC NULLS LAST, bucket(4, a b) ASC NULLS FIRST`:
 * names stand there unquoted.
 */
export function sortOrderOf(
  { "sort-order": order }: Readonly<Record<string, string>>,
  columns: readonly { name: string }[],
): string[] {
  const names = new Set(columns.map(column => column.name));
  return (order ?? "").split(/(?<=NULLS (?:FIRST|LAST)), /).flatMap(part => {
    const match = /^(.+) (ASC|DESC) NULLS (FIRST|LAST)$/.exec(part);
    if (!match?.[1]) return [];
    const [, field, direction, nulls] = match;
    return [`${sortField(field, names)} ${direction} NULLS ${nulls}`];
  });
}

function sortField(field: string, names: ReadonlySet<string>): string {
  if (names.has(field)) return quote(field);
  // Iceberg prints a truncation's width after the column, and that of a bucket before it.
  const [, cut, length] = /^truncate\((.+), (\d+)\)$/.exec(field) ?? [];
  if (cut && length) return `truncate(${length}, ${sortField(cut, names)})`;
  const [, transform, width = "", column] = /^(\w+)\((\d+, )?(.+)\)$/.exec(field) ?? [];
  if (transform && column) return `${transform}(${width}${sortField(column, names)})`;
  return field.split(".").map(quote).join(".");
}
