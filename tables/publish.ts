import { randomBytes, randomUUID } from "node:crypto";
import { NotObserved, ServerLost, SparkError } from "../spark/errors.ts";
import type { Progress, Session, Statement } from "../spark/session.ts";
import { createEmpty, type Layout, propertyList, replaceStatement, setOrder } from "./create.ts";
import { branchSnapshot, describeIceberg, type IcebergTable, type Snapshot } from "./iceberg.ts";
import { literal, nameOf, quote, sqlName, type TableName } from "./names.ts";
import { type Figures, figureExpressions, figuresOf, takeFigures } from "./proof.ts";
import { DiffersError, type ProofPlan, prove } from "./prove.ts";
import { sortOrderOf } from "./sort-order.ts";

/** What a job writes into one Iceberg table. `existing` is the table as it was found, `sameLayout` whether it can stay. */
export interface Write extends ProofPlan, Layout {
  columns: Layout["columns"];
  existing?: IcebergTable;
  sameLayout: boolean;
  /** The snapshot that the write builds on: main must still be there when it is published. */
  onto?: string;
  /** Brings the rows to a branch where that is no copy of `select`; gives the figures that the whole must have. */
  fill?(branch: string, watch: Watch): Promise<Figures | undefined>;
}

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
  if (write.existing && !write.sameLayout) return await replaceThenProve(session, write, watch);
  if (!write.existing) await createEmpty(session, write, watch.signal);
  else if (sortOrderOf(write.existing.properties, write.columns).join() !== write.orderedBy.join())
    await setOrder(session, write);
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
    if (!(error instanceof ServerLost)) await dropBranch(session, table, branch);
    throw error;
  }
}

/** Drops the table of a write that failed if this job created it and nothing was published; gives the place it had. */
export async function withdraw(session: Session, write: Write): Promise<string | undefined> {
  const now = await describeIceberg(session, write.into);
  if (!now || now.current || now.properties["portal.created-by"] !== write.job) return undefined;
  await session.command(`drop table ${sqlName(write.into)} purge`);
  return now.location;
}

/** Drops the branches that earlier attempts of a job left on a table when they were killed. */
export async function dropLeftBranches(session: Session, name: TableName, job: string): Promise<void> {
  const rows = await session.query(
    `select name from ${sqlName(name)}.refs where startswith(name, ${literal(`${stem(job)}_`)})`,
  );
  for (const row of rows) await dropBranch(session, sqlName(name), String(row.name));
}

// A name of its own for every write: what an old attempt still commits can only land on a branch that nobody publishes.
function newBranch(job: string): string {
  return `${stem(job)}_${randomBytes(4).toString("hex")}`;
}

function stem(job: string): string {
  return `portal_${job.replace(/[^A-Za-z0-9]/g, "_")}`;
}

async function copyRows(session: Session, into: string, write: Write, watch: Watch): Promise<Figures | undefined> {
  const statement = writing(watch);
  if (write.verify === "none") {
    await session.command(`${into} ${write.select}`, statement);
    return undefined;
  }
  const metrics = write.verify === "metadata" ? ["count(*) as rows"] : figureExpressions(write.columns);
  const copy = { into: `${into} select * from source`, alias: "source", source: write.select };
  try {
    const { observed } = await session.copy({ ...copy, observe: { name: "proof", metrics } }, statement);
    return figuresOf(write.verify === "metadata" ? { sum: "0", sum2: "0", xor: "0", ...observed } : observed);
  } catch (error) {
    if (!(error instanceof NotObserved)) throw error;
    // The rows are written. What the source has now is compared instead; what changed meanwhile would differ.
    return await takeFigures(session, write.columns, `(${write.select})`, watch.signal);
  }
}

/** How a statement that writes is run: it can be found again, and tells how far it is. */
export function writing(watch: Watch): Statement {
  const operationId = randomUUID();
  watch.writing(operationId);
  return { operationId, signal: watch.signal, onProgress: progress => watch.progress("copy", progress) };
}

async function publish(session: Session, write: Write, branch: string, snapshot: Snapshot): Promise<void> {
  const { catalog, namespace, table } = write.into;
  const identifier = literal(`${quote(namespace)}.${quote(table)}`);
  const call = `call ${quote(catalog)}.system.fast_forward(table => ${identifier}, branch => 'main', to => ${literal(branch)})`;
  const [moved] = await session.command(call).catch(error => {
    throw error instanceof SparkError && /not an ancestor/.test(error.message) ? overtaken(write.into) : error;
  });
  if (String(moved?.updated_ref) !== snapshot.id) throw overtaken(write.into);
  if (!write.existing) return;
  const found = write.existing.properties;
  const stale = Object.entries(write.properties).filter(([key, value]) => found[key] !== value);
  if (stale.length > 0)
    await session.command(`alter table ${sqlName(write.into)} set tblproperties (${propertyList(stale)})`);
}

function overtaken(table: TableName): Error {
  return new Error(
    `${nameOf(table)} was proven but somebody else wrote to it meanwhile, so it is not published. Run the job again.`,
  );
}

async function dropBranch(session: Session, table: string, branch: string): Promise<void> {
  try {
    await session.command(`alter table ${table} drop branch if exists ${quote(branch)}`);
  } catch {
    // The branch is nobody's reading; a server that is gone can't drop it, and the next attempt has one of its own.
  }
}

async function replaceThenProve(session: Session, write: Write, watch: Watch): Promise<Published> {
  const source = await copyRows(session, replaceStatement(write), write, watch);
  const now = await describeIceberg(session, write.into);
  if (!now?.current) throw new Error(`${nameOf(write.into)} was replaced but has no snapshot.`);
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
