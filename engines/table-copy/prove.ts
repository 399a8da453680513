import type { Snapshot } from "../../connectors/iceberg/iceberg.ts";
import { quote, sparkLiteral, sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { findDifferences } from "./difference.ts";
import type { HashedColumn } from "./hash.ts";
import { figuresQuery, type Proof, type ProofFigures, sameFigures, takeFigures } from "./proof-figures.ts";

/** What a proof needs to know. `select` reads the source's rows with the target's names and types. */
export interface ProofPlan {
  source: string;
  select: string;
  into: TableName;
  columns: readonly HashedColumn[];
  groupBy: readonly string[];
  verify: "read-back" | "metadata" | "none";
  attempt: number;
  sourceSnapshot?: string;
  keep(proof: Proof): void;
  /** Further aggregates of the copied rows, counts of what should not be there, and who judges them; throws where they forbid it. */
  inspect?: Inspection;
  /** Somebody else who is asked about the copy before it is published; gives remarks, throws where they differ. */
  witness?(relation: string, snapshot: Snapshot): Promise<string[]>;
}

/** Counts by name, as Spark SQL. */
export interface Inspection {
  counts: Readonly<Record<string, string>>;
  judge(counts: Readonly<Record<string, number>>): Promise<void>;
}

/** Target and source differ; the message says where. */
export class DiffersError extends Error {
  override name = "DiffersError";
  readonly differences: readonly string[];
  readonly proof: Proof;
  constructor(differences: readonly string[], proof: Proof, remark = "Readers still see what was there before.") {
    super(`${proof.target} differs from ${proof.table}: ${differences.join("; ")}. ${remark}`);
    this.differences = differences;
    this.proof = proof;
  }
}

/** Where the rows are that are proven: a snapshot, or the branch of one that nobody else knows of. */
export interface ProofSide {
  branch?: string;
  signal: AbortSignal;
}

/**
 * Compares what the writing statement counted with what is in the snapshot, and keeps the proof. Gives remarks; throws a
 * DiffersError that says where they differ. A branch is read by its name while its snapshot is still asked for.
 */
export async function prove(
  session: Session,
  plan: ProofPlan,
  source: ProofFigures | undefined,
  written: Snapshot | Promise<Snapshot>,
  place: ProofSide,
): Promise<string[]> {
  const [notes] = await Promise.all([
    compare(session, plan, source, written, place),
    inspected(session, plan, written, place.signal),
  ]);
  const snapshot = await written;
  const more = (await plan.witness?.(`${sqlName(plan.into)} version as of ${snapshot.id}`, snapshot)) ?? [];
  return [...notes, ...more];
}

async function inspected(
  session: Session,
  { inspect, into }: ProofPlan,
  written: Snapshot | Promise<Snapshot>,
  signal: AbortSignal,
): Promise<void> {
  if (!inspect || Object.keys(inspect.counts).length === 0) return;
  const counts = Object.entries(inspect.counts).map(([name, sql]) => `cast(${sql} as string) as ${quote(name)}`);
  const { id } = await written;
  const [row = {}] = await session.query(`select ${counts.join(", ")} from ${sqlName(into)} version as of ${id}`, {
    signal,
  });
  await inspect.judge(Object.fromEntries(Object.entries(row).map(([name, count]) => [name, Number(count ?? 0)])));
}

async function compare(
  session: Session,
  plan: ProofPlan,
  source: ProofFigures | undefined,
  written: Snapshot | Promise<Snapshot>,
  { branch, signal }: ProofSide,
): Promise<string[]> {
  if (plan.verify === "none" || !source) return [];
  if (plan.verify === "metadata") return proveByMetadata(plan, source, await written);
  const table = sqlName(plan.into);
  const read = async () => `${table} version as of ${branch ? sparkLiteral(branch) : (await written).id}`;
  const [snapshot, target] = await Promise.all([
    written,
    read().then(relation => takeFigures(session, plan.columns, relation, signal)),
  ]);
  const relation = `${table} version as of ${snapshot.id}`;
  const proof = { ...opened(plan, snapshot), source, targetFigures: target, sql: figuresQuery(plan.columns, relation) };
  if (sameFigures(source, target)) return closed(plan, proof, []);
  const differences = await findDifferences(session, { ...plan, source: `(${plan.select})`, target: relation });
  if (differences.length === 0) {
    return closed(plan, proof, [
      "a part of the copy ran twice and counted rows twice; a second scan of the source is equal",
    ]);
  }
  plan.keep({ ...proof, verdict: "differs", differences });
  throw new DiffersError(differences, { ...proof, verdict: "differs", differences });
}

function proveByMetadata(plan: ProofPlan, source: ProofFigures, snapshot: Snapshot): string[] {
  const rows = snapshot.summary["total-records"] ?? "unknown";
  const proof = { ...opened(plan, snapshot), source: { rows: source.rows }, targetFigures: { rows } };
  if (rows === source.rows) return closed(plan, proof, []);
  const differences = [`the manifests of the target count ${rows} rows, the source ${source.rows}`];
  plan.keep({ ...proof, verdict: "differs", differences });
  throw new DiffersError(differences, { ...proof, verdict: "differs", differences });
}

function opened(plan: ProofPlan, snapshot: Snapshot) {
  return {
    at: new Date().toISOString(),
    attempt: plan.attempt,
    table: plan.source,
    target: tableNameOf(plan.into),
    level: plan.verify === "metadata" ? "metadata" : "read-back",
    ...(plan.sourceSnapshot && { sourceSnapshot: plan.sourceSnapshot }),
    targetSnapshot: snapshot.id,
    columns: plan.columns.map(column => column.name),
  } as const;
}

function closed(plan: ProofPlan, proof: Omit<Proof, "verdict">, notes: string[]): string[] {
  plan.keep({ ...proof, verdict: "equal", ...(notes.length > 0 && { notes }) });
  return notes;
}
