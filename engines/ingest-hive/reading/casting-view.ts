import { quote } from "../../../connectors/iceberg/names.ts";
import type { DataType } from "../../../connectors/spark/protocol/types.ts";

/** A view over a table that can't be ingested: what stands in the way is cast to text, or gets another name. Hive and Spark take it. */
export function castingView(
  [database, table]: readonly [database: string, table: string],
  columns: readonly { name: string; type: DataType }[],
  { cast = [], rename = [] }: { cast?: readonly string[]; rename?: readonly string[] },
): string {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const listed = columns.map(({ name }) => {
    if (cast.includes(name)) return `cast(${quote(name)} as string) as ${quote(name)}`;
    return rename.includes(name) ? `${quote(name)} as ${quote(freeName(name, taken))}` : quote(name);
  });
  const view = `${table.replace(/\W/g, "_")}_view`;
  return `create view ${quote(database)}.${quote(view)} as\nselect ${listed.join(",\n  ")}\nfrom ${quote(database)}.${quote(table)}`;
}

// `_file` becomes `file`, or `file_2` where there is one.
function freeName(name: string, taken: Set<string>): string {
  const plain = name.replace(/^_+/, "");
  for (let i = 1; ; i++) {
    const found = i === 1 ? plain : `${plain}_${i}`;
    if (taken.has(found.toLowerCase())) continue;
    taken.add(found.toLowerCase());
    return found;
  }
}
