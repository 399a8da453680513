import type { FilesRead } from "../../connectors/iceberg/files-read.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { type HashedColumn, rowHash, saltedAnew } from "./hash.ts";

/** The figures that are compared: rows, two independently salted sums of 64-bit row hashes, and their xor. Decimal strings. */
export interface ProofFigures {
  rows: string;
  sum: string;
  sum2: string;
  xor: string;
}

/** A proof in full, one line of `<id>.proofs.ndjson`. `sql` lets anyone take the target's figures again. */
export interface Proof {
  at: string;
  attempt: number;
  table: string;
  target: string;
  level: "read-back" | "metadata" | "witness" | "compared";
  verdict: "equal" | "differs" | "agrees";
  sourceSnapshot?: string;
  /** Missing where a table keeps no snapshots. */
  targetSnapshot?: string;
  columns: string[];
  source: Partial<ProofFigures>;
  targetFigures: Partial<ProofFigures>;
  differences?: string[];
  notes?: string[];
  /** The files of a Hive table: how many there were, and that rows came from each. */
  sourceFiles?: FilesRead;
  sql?: string;
}

/** The aggregates of a proof as Spark SQL expressions; also taken in passing from the rows that a statement writes. */
export function figureExpressions(columns: readonly HashedColumn[]): string[] {
  return figuresOfHashes(rowHash(columns));
}

/** The same by the name of a column that holds the rows' hashes: of hundreds of columns the expressions stay short. */
export function figuresOfHashes(hash: string): string[] {
  return [
    "count(*) as rows",
    `${wholeSum(hash)} as sum`,
    `${wholeSum(saltedAnew(hash))} as sum2`,
    `coalesce(bit_xor(${hash}), 0L) as xor`,
  ];
}

// The sum of 64-bit numbers, from those of their halves: a sum of decimals takes longer than all the rest. It is exact up to
// two thousand million rows; beyond that it may wrap around, on both sides alike.
function wholeSum(hash: string): string {
  const high = `coalesce(sum(shiftright(${hash}, 32)), 0L)`;
  const low = `coalesce(sum(${hash} & 4294967295L), 0L)`;
  return `cast(cast(${high} as decimal(38,0)) * 4294967296 + ${low} as decimal(38,0))`;
}

/** The statement that takes the figures of `relation`, a table, a snapshot of one, or a SELECT in parentheses. */
export function figuresQuery(columns: readonly HashedColumn[], relation: string): string {
  const names = ["rows", "sum", "sum2", "xor"].map(name => `cast(${name} as string) as ${name}`);
  return `select ${names.join(", ")} from (select ${figureExpressions(columns).join(", ")} from ${relation})`;
}

/** Takes the figures by a scan of its own. */
export async function takeFigures(
  session: Session,
  columns: readonly HashedColumn[],
  relation: string,
  signal?: AbortSignal,
): Promise<ProofFigures> {
  const [row] = await session.query(figuresQuery(columns, relation), signal ? { signal } : {});
  return proofFigures(row ?? {});
}

/** Figures from a row or an observation. Throws if one is missing: a proof without values is none. */
export function proofFigures(values: Readonly<Record<string, unknown>>): ProofFigures {
  const figure = (name: string): string => {
    const value = values[name];
    if (value === null || value === undefined)
      throw new Error(`Spark gave no value for the figure "${name}" of the proof.`);
    return String(value);
  };
  return { rows: figure("rows"), sum: figure("sum"), sum2: figure("sum2"), xor: figure("xor") };
}

/** Whether two sets of figures say that the same rows are on both sides. */
export function sameFigures(a: ProofFigures, b: ProofFigures): boolean {
  return a.rows === b.rows && a.sum === b.sum && a.sum2 === b.sum2 && a.xor === b.xor;
}
