import type { JobError } from "../../jobs/outcome.ts";
import { type Column, typeNotes } from "../../tables/columns.ts";
import { formatOf, type HiveTable } from "../../tables/describe.ts";
import type { IcebergTable } from "../../tables/iceberg.ts";
import type { TableName } from "../../tables/names.ts";
import type { Step } from "../engine.ts";
import type { IngestHive } from "./parameters.ts";

/** What one table's step needs to run. */
export interface TableDetail {
  source: TableName;
  target: TableName;
  columns: Column[];
  partitionedBy: string[];
  select: string;
  comment?: string;
  existing?: IcebergTable;
  sameLayout: boolean;
}

/** Makes the step of a table that is not to be touched. */
export type Refuse = (error: JobError, outcome: "failed" | "skipped") => Step<TableDetail>;

/** What will be done with a table that can be converted: create, replace, or leave it, by what stands at the target. */
export function decide(
  { ifExists }: IngestHive,
  hive: HiveTable,
  detail: TableDetail,
  base: { table: string; target: string },
  refuse: Refuse,
): Step<TableDetail> {
  const { existing } = detail;
  const step = { ...base, ...size(hive), notes: notes(hive, detail), detail };
  const what = [formatOf(hive), detail.partitionedBy.length > 0 && `partitioned by ${detail.partitionedBy.join(", ")}`];
  const found = what.filter(Boolean).join(", ");
  if (!existing) return { ...step, action: "create", why: `${found}; the target is not there yet` };
  if (ifExists === "skip")
    return refuse({ message: `${base.target} is there already, and ifExists is "skip".` }, "skipped");
  if (ifExists === "fail")
    return refuse({ message: `${base.target} is there already, and ifExists is "fail".` }, "failed");
  const foreign = ifExists === "replace-own" ? notOwn(existing, base) : undefined;
  if (foreign) return refuse(foreign, "failed");
  const how = detail.sameLayout
    ? "its rows are replaced in one step"
    : "columns or partitioning changed: the table is replaced";
  return { ...step, action: "replace", why: `${found}; ${how}` };
}

// Hive keeps figures in the table's properties where somebody ran ANALYZE or Hive wrote them; 0 and -1 mean unknown.
function size({ table_properties: properties = {} }: HiveTable): { rows?: string; bytes?: string } {
  const { numRows, totalSize } = properties;
  return {
    ...(Number(numRows) > 0 && { rows: String(numRows) }),
    ...(Number(totalSize) > 0 && { bytes: String(totalSize) }),
  };
}

function notes(hive: HiveTable, detail: TableDetail): string[] {
  const buckets = hive.bucket_columns?.length
    ? [`its ${hive.num_buckets} buckets by ${hive.bucket_columns.join(", ")} are not kept`]
    : [];
  return [...typeNotes(detail.columns), ...buckets];
}

function notOwn(existing: IcebergTable, { table, target }: { table: string; target: string }): JobError | undefined {
  const source = existing.properties["portal.source"];
  const hint = 'To replace it all the same, set "ifExists": "replace"; to keep it, choose another "namespace".';
  if (source !== table) {
    return {
      message: `${target} ${source ? `holds ${source}` : "was not made by this portal"}${writtenBy(existing)}.`,
      hint,
    };
  }
  if (existing.current && !existing.current.summary["portal.job"]) {
    return { message: `${target} was changed by somebody else${writtenBy(existing)}.`, hint };
  }
  return undefined;
}

function writtenBy({ current }: IcebergTable): string {
  if (!current) return "";
  const writer = current.summary["app-name"] ?? current.summary["engine-name"] ?? "an unknown program";
  return `; last written ${current.at} by ${writer}${current.summary["app-id"] ? ` (${current.summary["app-id"]})` : ""}`;
}
