import type { TableName } from "../../tables/names.ts";
import type { Counting } from "../load-csv/counts.ts";

/** The tables of counts that a load has said to keep: `name:product_counts`. */
export function countsOf(of: TableName, property: string | undefined): Counting[] {
  return (property ?? "").split(",").flatMap(one => {
    const at = one.lastIndexOf(":");
    return at < 0 ? [] : [{ by: one.slice(0, at), of, target: { ...of, table: one.slice(at + 1) } }];
  });
}
