import type { TableMetadata } from "../../../connectors/iceberg/history/metadata-json.ts";
import { copiedColumns } from "../../../connectors/iceberg/layout/columns.ts";
import { sqlName, type TableName, tableNameOf } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { StepFailed } from "../../engine.ts";
import { findDifferences } from "../../table-copy/difference.ts";
import { outcomeFigures } from "../../table-copy/move.ts";
import { figuresQuery, type Proof, sameFigures, takeFigures } from "../../table-copy/proof-figures.ts";
import { DiffersError } from "../../table-copy/prove.ts";

const MOST = 50;

/** What a copied history is compared with, and who keeps the proofs. */
export interface HistoryProof {
  source: TableName;
  /** The name under which the copy is known while it is proven. */
  hidden: TableName;
  /** The name that it is to have. */
  target: TableName;
  metadata: TableMetadata;
  /** Snapshots that the target had before, proven then; their files never change. */
  before: ReadonlySet<string>;
  verify: "read-back" | "metadata" | "none";
  attempt: number;
  signal: AbortSignal;
  keep(proof: Proof): void;
  onSnapshot(done: number, total: number): void;
}

/**
 * Compares each snapshot of a copy with the source's, by the figures of the rows that both give. Gives in words what was compared, and the rows of the current snapshot where they were counted;
 * throws a DiffersError where something differs.
 */
export async function proveHistory(session: Session, plan: HistoryProof): Promise<{ words: string; rows?: string }> {
  const { metadata, verify, before } = plan;
  if (verify === "none") return { words: "no snapshot was compared, as asked" };
  const fresh = metadata.snapshots.filter(id => !before.has(id));
  const { ids, sample } = chosenSnapshots(fresh, metadata);
  let rows: string | undefined;
  for (const [done, id] of ids.entries()) {
    plan.onSnapshot(done, ids.length);
    const counted =
      verify === "read-back" ? await compareRows(session, plan, id) : await compareCounts(session, plan, id);
    if (id === metadata.current && verify === "read-back") rows = counted;
  }
  return { words: wordsOf(plan, { fresh, ids, sample }), ...(rows !== undefined && { rows }) };
}

function wordsOf(
  { metadata }: HistoryProof,
  { fresh, ids, sample }: { fresh: readonly string[]; ids: readonly string[]; sample: readonly string[] },
): string {
  const all = fresh.length === metadata.snapshots.length ? "all" : "all new";
  const snapshots = fresh.length === 1 ? "1 snapshot" : `${fresh.length} snapshots`;
  const extra = ids.length > fresh.length ? ", and the current one" : "";
  if (sample.length === 0) return `${all} ${snapshots} equal${extra}`;
  return `of ${fresh.length} ${all === "all" ? "" : "new "}snapshots the first, the last, all that a tag or branch names and a sample are equal: ${sample.join(", ")}`;
}

/** All snapshots up to fifty; of more the first, the last, those that tags and branches name, and some between. The current one always. */
export function chosenSnapshots(
  fresh: readonly string[],
  { refs, current }: Pick<TableMetadata, "refs" | "current">,
): { ids: string[]; sample: string[] } {
  const named = refs.map(ref => ref.snapshot).filter(id => fresh.includes(id));
  if (fresh.length <= MOST) return { ids: [...new Set([...fresh, ...(current ? [current] : [])])], sample: [] };
  const always = new Set([fresh[0] ?? "", fresh.at(-1) ?? "", ...named, ...(current ? [current] : [])]);
  const rest = fresh.filter(id => !always.has(id));
  const count = Math.max(1, MOST - always.size);
  const sample = Array.from(
    { length: Math.min(count, rest.length) },
    (_, i) => rest[Math.floor((i * rest.length) / count)],
  );
  const known = sample.filter(id => id !== undefined);
  return { ids: [...always, ...known], sample: known };
}

/** Compares snapshots, tags and branches as a whole, for which no data file has to be there. Throws where something differs. */
export async function compareRefs(session: Session, plan: HistoryProof): Promise<void> {
  const { source, hidden, metadata } = plan;
  const name = sqlName(hidden);
  const [refs, snapshots] = await Promise.all([
    session.query(`select name, type, cast(snapshot_id as string) as id from ${name}.refs`),
    session.query(`select cast(snapshot_id as string) as id from ${name}.snapshots`),
  ]);
  if (snapshots.length < metadata.snapshots.length)
    throw new StepFailed({
      message: `The catalog ${hidden.catalog} shows ${snapshots.length} of the ${metadata.snapshots.length} snapshots of ${tableNameOf(source)}: it keeps no history.`,
      hint: 'Nothing was published. Name another catalog in "to" (Project Nessie keeps a history by its own protocol, not through Iceberg\'s REST).',
    });
  const lines = (all: readonly { name: unknown; type: unknown; id: unknown }[]) =>
    all.map(one => `${one.name} ${String(one.type).toLowerCase()} ${one.id}`).sort();
  const found = lines(refs.map(({ name: ref, type, id }) => ({ name: ref, type, id })));
  const expected = lines(metadata.refs.map(({ name: ref, type, snapshot }) => ({ name: ref, type, id: snapshot })));
  const differences = [
    ...(found.join() === expected.join()
      ? []
      : [`tags and branches are ${found.join(", ")}, not ${expected.join(", ")}`]),
    ...(snapshots
      .map(row => String(row.id))
      .sort()
      .join() === metadata.snapshots.toSorted().join()
      ? []
      : [`there are ${snapshots.length} snapshots, at the source ${metadata.snapshots.length}`]),
  ];
  if (differences.length > 0) throw differs(plan, metadata.current ?? "", differences, {});
}

async function compareRows(session: Session, plan: HistoryProof, id: string): Promise<string> {
  const { source, hidden, signal } = plan;
  const [ours, copy] = [source, hidden].map(table => `${sqlName(table)} version as of ${id}`) as [string, string];
  const columns = copiedColumns(await session.schema(`select * from ${ours}`));
  const [from, to] = await Promise.all([
    takeFigures(session, columns, ours, signal),
    takeFigures(session, columns, copy, signal),
  ]);
  const sql = figuresQuery(columns, `${sqlName(plan.target)} version as of ${id}`);
  const more = { columns: columns.map(column => column.name), source: from, targetFigures: to, sql };
  if (sameFigures(from, to)) {
    plan.keep({ ...opened(plan, id), ...more, verdict: "equal" });
    return to.rows;
  }
  const differences = await findDifferences(session, { source: ours, target: copy, columns, groupBy: [] });
  throw differs(plan, id, differences.length > 0 ? differences : ["the figures of the two sides"], more);
}

async function compareCounts(session: Session, plan: HistoryProof, id: string): Promise<string> {
  const counts = await Promise.all(
    [plan.source, plan.hidden].map(async table => {
      const [row] = await session.query(
        `select summary['total-records'] as rows from ${sqlName(table)}.snapshots where snapshot_id = ${id}`,
      );
      return String(row?.rows ?? "unknown");
    }),
  );
  const [from = "", to = ""] = counts;
  const more = { source: { rows: from }, targetFigures: { rows: to } };
  if (from !== to) throw differs(plan, id, [`the manifests count ${to} rows, those of the source ${from}`], more);
  plan.keep({ ...opened(plan, id), columns: [], ...more, verdict: "equal" });
  return to;
}

function opened({ source, target, verify, attempt }: HistoryProof, id: string) {
  return {
    at: new Date().toISOString(),
    attempt,
    table: tableNameOf(source),
    target: tableNameOf(target),
    level: verify === "metadata" ? "metadata" : "read-back",
    sourceSnapshot: id,
    targetSnapshot: id,
  } as const;
}

function differs(plan: HistoryProof, id: string, found: readonly string[], more: Partial<Proof>): DiffersError {
  const differences = found.map(one => `snapshot ${id}: ${one}`);
  const figures = { columns: [], source: {}, targetFigures: {}, ...more };
  const proof: Proof = { ...opened(plan, id), ...figures, verdict: "differs", differences };
  plan.keep(proof);
  return new DiffersError(differences, proof);
}

/** What a snapshot says of the whole table. It counts deleted rows too: where there are delete files, rows are left out. */
export function tableFigures(summary: Readonly<Record<string, string>> = {}) {
  const { rows, ...rest } = outcomeFigures(summary);
  return { ...rest, ...(Number(summary["total-delete-files"] ?? 0) === 0 && { rows }) };
}
