import type { Session } from "../spark/session.ts";
import { findDifferences } from "./difference.ts";
import type { HashedColumn } from "./hash.ts";
import type { Snapshot } from "./iceberg.ts";
import { literal, nameOf, sqlName, type TableName } from "./names.ts";
import { type Figures, figuresQuery, type Proof, sameFigures, takeFigures } from "./proof.ts";

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
export interface Place {
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
  source: Figures | undefined,
  written: Snapshot | Promise<Snapshot>,
  { branch, signal }: Place,
): Promise<string[]> {
  if (plan.verify === "none" || !source) return [];
  if (plan.verify === "metadata") return proveByMetadata(plan, source, await written);
  const table = sqlName(plan.into);
  const read = async () => `${table} version as of ${branch ? literal(branch) : (await written).id}`;
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

function proveByMetadata(plan: ProofPlan, source: Figures, snapshot: Snapshot): string[] {
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
    target: nameOf(plan.into),
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
