import { findSource, type Source } from "../../csv/source.ts";
import { SparkError } from "../../spark/errors.ts";
import { ddl } from "../../spark/types.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { type Column, columnsOf } from "../../tables/columns.ts";
import { describeIceberg, type IcebergTable } from "../../tables/iceberg.ts";
import { nameOf, sqlName, type TableName } from "../../tables/names.ts";
import type { Plan, PlanContext, Step } from "../engine.ts";
import { isUnavailable, sentence } from "../sentence.ts";
import { type Looked, lookAt, same } from "./look.ts";
import { type CsvFile, keysOf, type LoadCsv, tableOf } from "./parameters.ts";

/** What the load of a file needs: the file as it is read, and the table as it was found or will be made. */
export interface Load extends Looked {
  source: Source;
  /** The folder with its parts, once it is cut. */
  parts?: string;
  target: TableName;
  /** The table's columns. */
  table: Column[];
  existing?: IcebergTable;
}

/** A step of the job: the load itself, or a table of counts that follows it. */
export type LoadStep =
  | { kind: "load"; load: Load; ended: Ended }
  | { kind: "counts"; by: string; of: TableName; target: TableName; ended: Ended };

/** How the load went that the counts are made after. */
export interface Ended {
  failed?: boolean;
}

/** Looks at the beginning of the file and at the table; says what will be done, or what stands in the way. */
export async function planLoad(context: PlanContext<LoadCsv>): Promise<Plan<LoadStep>> {
  const { parameters } = context.job;
  const of = tableOf(parameters);
  const ended: Ended = {};
  const counts = parameters.counts.map(({ by, into }): Step<LoadStep> => {
    const target = { ...of, table: into };
    const detail = { kind: "counts" as const, by, of, target, ended };
    return { table: nameOf(of), target: nameOf(target), action: "count", why: `rows by ${by}`, detail };
  });
  return { steps: [await planFile(context, ended), ...counts], parallel: 1 };
}

async function planFile(context: PlanContext<LoadCsv>, ended: Ended): Promise<Step<LoadStep>> {
  const { parameters } = context.job;
  const target = tableOf(parameters);
  const base = { table: parameters.file, target: nameOf(target) };
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
    const told = sentence(error);
    const detail = { kind: "load", load: {} as Load, ended } as const;
    return { ...base, action: "refuse", why: told.message, ended: { outcome: "failed", error: told }, detail };
  }
}

/** The file and the table that a job names, as they are now. Throws a sentence where they do not go together. */
export async function findLoad(context: Pick<PlanContext, "spark" | "settings">, parameters: CsvFile): Promise<Load> {
  const source = findSource(parameters.file, context.settings);
  const target = tableOf(parameters);
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [target.catalog]);
  const existing = await describeIceberg(session, target);
  if (existing?.view) throw new Error(`${nameOf(target)} is a view: name a table.`);
  const there = existing && columnsOf(await session.schema(`select * from ${sqlName(target)}`));
  const looked = await lookAt(session, source, parameters, there, context.settings);
  const table = there ?? looked.columns.map(({ name, type, required, key }) => newColumn(name, type, required || key));
  if (there) refuseMismatch(nameOf(target), looked, there);
  return { ...looked, source, target, table, ...(existing && { existing }) };
}

function newColumn(name: string, type: Column["target"], required: boolean): Column {
  return { name, source: type, target: type, ...(required && { required }) };
}

function refuseMismatch(table: string, { columns }: Looked, there: readonly Column[]): void {
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
