import type { TableColumn } from "../../../connectors/iceberg/layout/columns.ts";
import { type DataType, ddl } from "../../../connectors/spark/protocol/types.ts";
import type { SnapshotChoice } from "../../../views/pages/tables/rows.ts";
import type { Counting } from "../../load-csv/parameters.ts";

/** A column as pages and API know it. `type` is what Spark calls it. */
export interface BrowsedColumn {
  name: string;
  type: string;
  dataType: DataType;
  required: boolean;
  comment?: string;
}

/** What the pages of a table know of it, and what is counted of it. */
export interface Browsed {
  /** An Iceberg table has snapshots; a table of Hive and a view have none. */
  kind: "iceberg" | "hive" | "view";
  columns: BrowsedColumn[];
  snapshots: SnapshotChoice[];
  current?: string;
  key?: string;
  counts: Counting[];
  /** What else is known of it, by name. */
  description: readonly (readonly [name: string, value: string])[];
}

/** Columns as pages know them. */
export function browsed(columns: readonly TableColumn[]): BrowsedColumn[] {
  return columns.map(({ name, source, required = false, comment }) => ({
    ...{ name, type: ddl(source), dataType: source, required },
    ...(comment && { comment }),
  }));
}
