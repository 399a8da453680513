import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { describeIceberg, type IcebergTable } from "../../connectors/iceberg/iceberg.ts";
import { copiedColumns, type TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import { ddl } from "../../connectors/spark/protocol/types.ts";
import { type CsvSource, findSource } from "../../formats/csv/source.ts";
import type { Plan, PlanContext, Step } from "../engine.ts";
import { isUnavailable, jobErrorOf } from "../runner/job-error.ts";
import { inspectFile, type Looked, same } from "./look.ts";
import { COUNTS_SNAPSHOT_PROPERTY, type CsvFile, keysOf, type LoadCsv, loadTarget } from "./parameters.ts";

/** What the load of a file needs: the file as it is read, and the table as it was found or will be made. */
export interface Load extends Looked {
  source: CsvSource;
  target: TableName;
  /** The table's columns. */
  table: TableColumn[];
  existing?: IcebergTable;
}

/** A step of the job: the load itself, or a table of counts that follows it. */
export type LoadStep =
  | { kind: "load"; load: Load; ended: EarlierLoad }
  | { kind: "counts"; by: string; of: TableName; target: TableName; ended: EarlierLoad };

/** How the load went that the counts are made after. */
export interface EarlierLoad {
  failed?: boolean;
}

/** Looks at the beginning of the file and at the table; says what will be done, or what stands in the way. */
export async function planLoad(context: PlanContext<LoadCsv>): Promise<Plan<LoadStep>> {
  const { parameters } = context.job;
  const of = loadTarget(parameters);
  const ended: EarlierLoad = {};
  const counts = parameters.counts.map(({ by, into }): Step<LoadStep> => {
    const target = { ...of, table: into };
    const detail = { kind: "counts" as const, by, of, target, ended };
    return { table: tableNameOf(of), target: tableNameOf(target), action: "count", why: `rows by ${by}`, detail };
  });
  return { steps: [await planFile(context, ended), ...counts], parallel: 1 };
}

async function planFile(context: PlanContext<LoadCsv>, ended: EarlierLoad): Promise<Step<LoadStep>> {
  const { parameters } = context.job;
  const target = loadTarget(parameters);
  const base = { table: parameters.file, target: tableNameOf(target) };
  try {
    const load = await findLoad(context, parameters);
    const { existing, bytes, notes } = load;
    const keys = keysOf(parameters).join(", ");
    const why = existing ? `its rows are updated and new ones added by ${keys}` : "the table is not there yet";
    return {
      ...{ ...base, action: existing ? "upsert" : "create", why, notes, detail: { kind: "load", load, ended } },
      ...(bytes && { bytes }),
    };
  } catch (error) {
    if (isUnavailable(error) || (error instanceof SparkError && !error.errorClass)) throw error;
    ended.failed = true;
    const jobError = jobErrorOf(error);
    const detail = { kind: "load", load: {} as Load, ended } as const;
    return { ...base, action: "refuse", why: jobError.message, ended: { outcome: "failed", error: jobError }, detail };
  }
}

/** The file and the table that a job names, as they are now. Throws a sentence where they do not go together. */
export async function findLoad(context: Pick<PlanContext, "spark" | "settings">, parameters: CsvFile): Promise<Load> {
  const source = findSource(parameters.file, context.settings);
  const target = loadTarget(parameters);
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [target.catalog]);
  const existing = await describeIceberg(session, target);
  if (existing?.view) throw new Error(`${tableNameOf(target)} is a view: name a table.`);
  if (existing) refuseForeign(target, existing, keysOf(parameters));
  const there = existing && copiedColumns(await session.schema(`select * from ${sqlName(target)}`));
  const looked = await inspectFile(session, source, parameters, there, context.settings);
  const table = there ?? looked.columns.map(({ name, type, required, key }) => newColumn(name, type, required || key));
  if (there) refuseMismatch(tableNameOf(target), looked, there);
  return { ...looked, source, target, table, ...(existing && { existing }) };
}

function newColumn(name: string, type: TableColumn["target"], required: boolean): TableColumn {
  return { name, source: type, target: type, ...(required && { required }) };
}

function refuseMismatch(table: string, { columns }: Looked, there: readonly TableColumn[]): void {
  for (const { name, type } of columns) {
    const found = there.find(column => same(column.name, name));
    if (!found)
      throw new Error(
        `${table} has no column ${name}; it has ${there.map(column => column.name).join(", ")}. Leave it out in "columns", or add it to the table.`,
      );
    if (ddl(found.target) !== ddl(type))
      throw new Error(`${name} is ${ddl(found.target)} in ${table}, not ${ddl(type)}: write that type in "columns".`);
  }
  const lacking = there.find(one => one.required && !columns.some(({ name }) => same(name, one.name)));
  if (lacking) throw new Error(`${table} needs a value for ${lacking.name}, which the file does not have.`);
}

/** Properties of tables that another type of job fills, and how a person calls what it fills them with. */
const OTHERS: Readonly<Record<string, string>> = {
  "portal.source": "is a copy of",
  "portal.stream": "holds the lines of the topic",
  [COUNTS_SNAPSHOT_PROPERTY]: "holds the counts of",
};

/** Refuses a table that is not for a load: another job's own, or one whose rows are told apart by another key. */
function refuseForeign(target: TableName, { properties }: IcebergTable, key: readonly string[]): void {
  for (const [property, is] of Object.entries(OTHERS))
    if (properties[property] !== undefined)
      throw new Error(`${tableNameOf(target)} ${is} ${properties[property]}: name another table for the file.`);
  const known = properties["portal.key"];
  if (known === undefined || known === key.join(",")) return;
  throw new Error(
    `${tableNameOf(target)} was loaded by the key ${known}, and by ${key.join(", ")} other rows would be replaced: give that key or another table. If it is meant, first: alter table ${sqlName(target)} unset tblproperties ('portal.key')`,
  );
}
