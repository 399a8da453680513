import { randomBytes, randomUUID } from "node:crypto";
import { type CheckFiles, FILE_COLUMN, FILE_MARK, SPARSE_FILE_MARK } from "../../connectors/iceberg/files-read.ts";
import { branchSnapshot, describeIceberg, type IcebergTable, type Snapshot } from "../../connectors/iceberg/iceberg.ts";
import {
  createEmpty,
  propertyList,
  replaceStatement,
  setOrder,
  type TableLayout,
} from "../../connectors/iceberg/layout/create.ts";
import { sortOrderOf } from "../../connectors/iceberg/layout/sort-order.ts";
import { quote, sparkLiteral, sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import { NotObserved, ServerLost, SparkError } from "../../connectors/spark/errors.ts";
import type { Progress, Session, Statement } from "../../connectors/spark/session.ts";
import type { TargetChange } from "../../core/jobs/outcome.ts";
import { StepFailed } from "../engine.ts";
import { figureExpressions, type ProofFigures, proofFigures, takeFigures } from "./proof-figures.ts";
import { DiffersError, type ProofPlan, prove } from "./prove.ts";

/** What a job writes into one Iceberg table. `existing` is the table as it was found, `sameLayout` whether it can stay. */
export interface Write extends ProofPlan, TableLayout {
  columns: TableLayout["columns"];
  existing?: IcebergTable;
  sameLayout: boolean;
  /**
   * Compares the files that the rows came from with those that Hive would read, before the rows are published; throws if some
   * are missing. It gets the marks of the files, if they were observed, and a function that reads their names from the source.
   */
  checkFiles?: CheckFiles;
  /** Marks only every eighth row with its file, since the table has many rows. */
  hasManyRows?: boolean;
  /** Checks what views of the source observed during the copy; undefined if nothing was. Throws to forbid publishing. */
  checkObserved?(observed: Observed | undefined): Promise<void>;
  /** The snapshot that the write builds on: main must still be there when it is published. */
  onto?: string;
  /** Writes the rows to the branch in another way than by `select`; returns the figures that the whole table must then have. */
  fill?(branch: string, watch: Watch): Promise<ProofFigures | undefined>;
}

/** Figures by the name of their observation, then by their own. */
export type Observed = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

/** What the write tells while it runs. */
export interface Watch {
  signal: AbortSignal;
  progress(step: string, progress?: Progress): void;
  writing(operation: string): void;
}

/** A table that is published: the snapshot that was proven is the one that readers see. */
export interface Published {
  snapshot: Snapshot;
  notes: string[];
}

/**
 * Writes rows where no reader sees them, proves them there, then publishes in one step. Throws with main as it was;
 * only where the layout must change does a replacement publish first, and says so.
 */
export async function writeProvePublish(session: Session, write: Write, watch: Watch): Promise<Published> {
  const way = chooseWay(write);
  if (way === "replace") return await replaceThenProve(session, write, watch);
  if (way === "create") await createEmpty(session, write, watch.signal);
  if (way === "reorder") await setOrder(session, write);
  const branch = newBranch(write.job);
  const table = sqlName(write.into);
  try {
    const onto = write.onto ? ` as of version ${write.onto}` : "";
    await session.command(`alter table ${table} create branch ${quote(branch)}${onto}`, { signal: watch.signal });
    const place = `${table}.${quote(`branch_${branch}`)}`;
    const source = write.fill
      ? await write.fill(place, watch)
      : await copyRows(session, `insert overwrite ${place}`, write, watch);
    watch.progress("prove");
    const written = branchSnapshot(session, write.into, branch, write.job);
    const notes = await prove(session, write, source, written, { branch, signal: watch.signal });
    const snapshot = await written;
    watch.progress("publish");
    await publish(session, write, branch, snapshot);
    await dropBranch(session, table, branch);
    return { snapshot, notes };
  } catch (error) {
    // A server that is gone can drop nothing; the next attempt does.
    if (error instanceof ServerLost) throw error;
    await dropBranch(session, table, branch);
    const isOurs = error instanceof DiffersError || error instanceof StepFailed;
    if (!isOurs && !watch.signal.aborted) await refuseWithoutBranches(session, write, error);
    throw error;
  }
}

// A catalog that builds a table's metadata anew takes the statement that makes a branch, and has none afterwards.
async function refuseWithoutBranches(session: Session, { into, job }: Write, cause: unknown): Promise<void> {
  const table = sqlName(into);
  const trial = newBranch(job);
  try {
    await session.command(`alter table ${table} create branch ${quote(trial)}`);
    const found = await session.query(`select name from ${table}.refs where name = ${sparkLiteral(trial)}`);
    await dropBranch(session, table, trial);
    if (found.length > 0) return;
  } catch {
    return; // what failed first tells more
  }
  throw new StepFailed(
    {
      message: `The catalog ${into.catalog} keeps no branches of ${tableNameOf(into)}, and rows are proven on one before anybody sees them.`,
      hint: 'Nothing was published. Name another catalog in "to" (Project Nessie keeps branches by its own protocol, not through Iceberg\'s REST).',
    },
    { cause },
  );
}

/**
 * How a write is published: from a branch, of a table that is created or given its sort order first where need be; or, where
 * the layout changes, by a replacement, which readers see before it is proven.
 */
export type WayToPublish = "branch" | "create" | "reorder" | "replace";

/** Chooses the way by what stands at the target. */
export function chooseWay({
  existing,
  sameLayout,
  columns,
  orderedBy,
}: Pick<Write, "existing" | "sameLayout" | "columns" | "orderedBy">): WayToPublish {
  if (!existing) return "create";
  if (!sameLayout) return "replace";
  return sortOrderOf(existing.properties, columns).join() === orderedBy.join() ? "branch" : "reorder";
}

/** What a job changes by writing to a table, as its outcome says it; undefined where it may have written to it before. */
export function changeOf(existing: IcebergTable | undefined, job: string): TargetChange | undefined {
  if (!existing) return { created: true };
  const { current, properties } = existing;
  if (current?.summary["portal.job"] === job || properties["portal.created-by"] === job) return undefined;
  return current ? { snapshotBefore: current.id } : {};
}

/** Drops the branches that earlier attempts of a job left on a table when they were killed. */
export async function dropLeftBranches(session: Session, name: TableName, job: string): Promise<void> {
  const rows = await session.query(
    `select name from ${sqlName(name)}.refs where startswith(name, ${sparkLiteral(`${stem(job)}_`)})`,
  );
  for (const row of rows) await dropBranch(session, sqlName(name), String(row.name));
}

/** Whether a branch is one that a job writes on before it publishes. */
export function isBranchOf(job: string, branch: string): boolean {
  return branch.startsWith(`${stem(job)}_`);
}

// A name of its own for every write: what an old attempt still commits can only land on a branch that nobody publishes.
function newBranch(job: string): string {
  return `${stem(job)}_${randomBytes(4).toString("hex")}`;
}

function stem(job: string): string {
  return `portal_${job.replace(/[^A-Za-z0-9]/g, "_")}`;
}

async function copyRows(session: Session, into: string, write: Write, watch: Watch): Promise<ProofFigures | undefined> {
  const statement = writing(watch);
  if (write.verify === "none" && !write.checkFiles && !write.checkObserved) {
    await session.command(`${into} ${write.select}`, statement);
    return undefined;
  }
  const copy = write.checkFiles ? copyWithFiles(into, write) : wholeCopy(into, write);
  const metrics = observedMetrics(write);
  try {
    const { observed, all } = await session.copy({ ...copy, observe: { name: "proof", metrics } }, statement);
    await write.checkObserved?.(all);
    await write.checkFiles?.(JSON.parse(observed.files ?? "[]") as string[], () =>
      filesOf(session, write, watch.signal),
    );
    if (write.verify === "none") return undefined;
    return proofFigures(write.verify === "metadata" ? { sum: "0", sum2: "0", xor: "0", ...observed } : observed);
  } catch (error) {
    if (!(error instanceof NotObserved)) throw error;
    await write.checkObserved?.(undefined);
    await write.checkFiles?.(undefined, () => filesOf(session, write, watch.signal));
    if (write.verify === "none") return undefined;
    // The rows are written, but Spark did not return their figures. The source is read again instead; if it has changed since, the
    // proof differs.
    return await takeFigures(session, write.columns, `(${write.select})`, watch.signal);
  }
}

function wholeCopy(into: string, { select }: Write) {
  return { into: `${into} select * from source`, alias: "source", source: select };
}

function copyWithFiles(into: string, { select, columns, hasManyRows }: Write) {
  const names = columns.map(column => quote(column.name)).join(", ");
  const source = withFiles(select, hasManyRows ? SPARSE_FILE_MARK : FILE_MARK);
  return { into: `${into} select ${names} from source`, alias: "source", source };
}

/** What Spark counts of the rows while it copies them, as SQL: the figures of the proof, and the files that they came from. */
export function observedMetrics({
  verify,
  columns,
  checkFiles,
}: Pick<Write, "verify" | "columns" | "checkFiles">): string[] {
  const counted = ["count(*) as rows"];
  const figures = { none: checkFiles ? [] : counted, metadata: counted, "read-back": figureExpressions(columns) }[
    verify
  ];
  return [
    ...figures,
    ...(checkFiles ? [`to_json(transform(collect_set(${FILE_COLUMN}), file -> cast(file as string))) as files`] : []),
  ];
}

function withFiles(select: string, file: string): string {
  return `select *, ${file} as ${FILE_COLUMN} from (${select})`;
}

async function filesOf(session: Session, { select }: Write, signal: AbortSignal): Promise<string[]> {
  const named = withFiles(select, "input_file_name()");
  const rows = await session.query(`select distinct ${FILE_COLUMN} as file from (${named})`, { signal });
  return rows.map(row => String(row.file));
}

/** How a statement that writes is run: it can be found again, and tells how far it is. */
export function writing(watch: Watch): Statement {
  const operationId = randomUUID();
  watch.writing(operationId);
  return { operationId, signal: watch.signal, onProgress: progress => watch.progress("copy", progress) };
}

async function publish(session: Session, write: Write, branch: string, snapshot: Snapshot): Promise<void> {
  const { catalog, namespace, table } = write.into;
  const identifier = sparkLiteral(`${quote(namespace)}.${quote(table)}`);
  const call = `call ${quote(catalog)}.system.fast_forward(table => ${identifier}, branch => 'main', to => ${sparkLiteral(branch)})`;
  const [moved] = await session.command(call).catch(error => {
    throw error instanceof SparkError && /not an ancestor/.test(error.message) ? overtaken(write.into) : error;
  });
  if (String(moved?.updated_ref) !== snapshot.id) throw overtaken(write.into);
  const stale = staleProperties(write);
  if (stale.length > 0)
    await session.command(`alter table ${sqlName(write.into)} set tblproperties (${propertyList(stale)})`);
}

/** The properties that a table which stays has not, or has with another value; one that is created has them already. */
export function staleProperties({
  existing,
  properties,
}: Pick<Write, "existing" | "properties">): [key: string, value: string][] {
  if (!existing) return [];
  return Object.entries(properties).filter(([key, value]) => existing.properties[key] !== value);
}

function overtaken(table: TableName): Error {
  return new Error(
    `${tableNameOf(table)} was proven but somebody else wrote to it meanwhile, so it is not published. Run the job again.`,
  );
}

async function dropBranch(session: Session, table: string, branch: string): Promise<void> {
  try {
    await session.command(`alter table ${table} drop branch if exists ${quote(branch)}`);
  } catch {
    // Harmless if it stays: nobody reads this branch, and the next attempt uses another one.
  }
}

async function replaceThenProve(session: Session, write: Write, watch: Watch): Promise<Published> {
  const source = await copyRows(session, replaceStatement(write), write, watch);
  const now = await describeIceberg(session, write.into);
  if (!now?.current) throw new Error(`${tableNameOf(write.into)} was replaced but has no snapshot.`);
  watch.progress("prove");
  const published = "columns or partitioning changed, so the new rows were published before they were proven";
  try {
    const notes = await prove(session, write, source, now.current, { signal: watch.signal });
    await setOrder(session, write);
    return { snapshot: now.current, notes: [published, ...notes] };
  } catch (error) {
    if (error instanceof DiffersError) throw new DiffersError(error.differences, error.proof, `${published}.`);
    throw error;
  }
}
