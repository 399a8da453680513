import { relative } from "node:path";
import type { Outcome, ProofSummary } from "../../jobs/outcome.ts";
import type { JobRecord } from "../../jobs/record.ts";
import type { OutcomeState, Status, Via } from "../../jobs/states.ts";
import type { Layout } from "../../store/layout.ts";

/** A job of the archive as lists show it. `path` is that of its record, seen from DATA_DIR. */
export interface JobRow {
  id: string;
  type: string;
  status: Status;
  via: Via;
  submittedBy: string;
  submittedAt: string;
  startedAt: string;
  finishedAt: string;
  seconds: number;
  waitSeconds: number;
  attempts: number;
  tables: number;
  succeeded: number;
  failed: number;
  skipped: number;
  /** Decimal strings; absent where no table told any. */
  rows?: string;
  bytes?: string;
  /** What its plan took its tables for. */
  plannedBytes?: string;
  note?: string;
  file?: string;
  parent?: string;
  retryOf?: string;
  cancelledBy?: string;
  error?: string;
  parameters: unknown;
  path: string;
  proofs: { equal: number; agrees: number; notChecked: number; differs: number };
}

/** What happened to one table of a job, with what a list says about its job. */
export interface OutcomeRow extends Omit<Outcome, "error" | "proof"> {
  job: string;
  /** Its place among the tables of its job, from 0. */
  place: number;
  type: string;
  status: Status;
  submittedBy: string;
  finishedAt: string;
  proof?: ProofSummary;
  error?: string;
}

/** The row of a record. Throws where the record is not whole. */
export function jobRowOf(layout: Layout, record: JobRecord, path: string): JobRow {
  const { tables } = record;
  const having = (outcome: OutcomeState) => tables.filter(table => table.outcome === outcome).length;
  const proven = (verdict: ProofSummary["verdict"]) => tables.filter(({ proof }) => proof?.verdict === verdict).length;
  const rows = sumOf(tables.map(table => table.rows));
  const bytes = sumOf(tables.map(table => table.bytes));
  const { id, type, status, via, submittedBy, submittedAt, startedAt, finishedAt, error } = record;
  return {
    ...{ id, type, status, via, submittedBy, submittedAt, startedAt, finishedAt },
    seconds: secondsBetween(startedAt, finishedAt),
    waitSeconds: secondsBetween(submittedAt, startedAt),
    // An attempt that an orderly stop broke off and one that went on in its place are one.
    attempts: record.attempts.at(-1)?.attempt ?? record.attempts.length,
    tables: tables.length,
    ...{ succeeded: having("succeeded"), failed: having("failed"), skipped: having("skipped") },
    ...(rows !== undefined && { rows: String(rows) }),
    ...(bytes !== undefined && { bytes: String(bytes) }),
    ...(record.receipt?.planned.bytes !== undefined && { plannedBytes: record.receipt.planned.bytes }),
    ...originFields(record),
    ...(error && { error: error.message }),
    parameters: record.parameters,
    path: relative(layout.root, path),
    proofs: {
      ...{ equal: proven("equal"), agrees: proven("agrees"), differs: proven("differs") },
      notChecked: proven("not checked"),
    },
  };
}

/** The part of a table's row that only its outcome knows: the index has the rest already, and outcomes are many. */
export function outcomePartOf({ table: _table, target: _target, outcome: _outcome, error, ...rest }: Outcome) {
  return { ...rest, ...(error && { error: error.message }) };
}

function originFields({ note, file, parent, retryOf, cancelledBy }: JobRecord) {
  return {
    ...(note !== undefined && { note }),
    ...(file !== undefined && { file }),
    ...(parent !== undefined && { parent }),
    ...(retryOf !== undefined && { retryOf }),
    ...(cancelledBy !== undefined && { cancelledBy }),
  };
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1000 || 0;
}

const PART = 1_000_000_000n;

/** A sum of 64-bit figures in two parts, each of which SQLite can add up over a whole archive. */
export function split(sum: bigint): { high: bigint; low: bigint } {
  return { high: sum / PART, low: sum % PART };
}

/** The sum of added parts, as a decimal string. */
export function joinWide(high: bigint, low: bigint): string {
  return String(high * PART + low);
}

/** The sum of those figures that are told; undefined where none is, which is not the same as 0. */
function sumOf(figures: readonly (string | undefined)[]): bigint | undefined {
  const originFields = figures.filter(figure => figure !== undefined);
  return originFields.length === 0 ? undefined : originFields.reduce((sum, figure) => sum + BigInt(figure), 0n);
}
