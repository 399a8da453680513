import type { Outcome } from "../../core/jobs/outcome.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { group } from "../../views/format/figures.ts";
import type { StepContext } from "../engine.ts";
import { differingColumns, list } from "../table-copy/difference.ts";
import { figuresQuery, type ProofFigures, sameFigures } from "../table-copy/proof-figures.ts";
import { type Differences, keepDifferences } from "./kept.ts";
import { type Located, locate } from "./locate.ts";
import type { Pair, Paired } from "./pair.ts";
import type { CompareTables } from "./parameters.ts";
import { type Readable, type Remarks, readSideFigures, withSides } from "./read.ts";
import type { Found } from "./sides.ts";

/** How a comparison ended. */
export type Ended = Omit<Outcome, "table" | "target" | "seconds">;

/** Two sides that Spark reads, and how their columns go together. */
export interface TableComparison {
  names: { left: string; right: string };
  sides: readonly [Found, Found];
  paired: Paired;
  key: readonly Pair[];
}

/** Reads and hashes both sides, each by one scan. Where they differ every row that does is found. */
export async function compareInSpark(context: StepContext<CompareTables>, compared: TableComparison): Promise<Ended> {
  const session = await context.spark();
  const { sides, paired, names } = compared;
  return await withSides(session, context, sides, paired.pairs, async (left, right, remarks) => {
    const read = (side: Readable, which: "left" | "right") =>
      readSideFigures(session, paired.pairs, side, which, context, names.left);
    const [ours, theirs] = await Promise.all([read(left, "left"), read(right, "right")]);
    const located = sameFigures(ours, theirs) ? undefined : await find(context, compared, left, right);
    const differences = [
      ...unpairedWords(paired),
      ...remarks.unread,
      ...(located ? await inWords(context, compared, left, right, located, ours, theirs) : []),
    ];
    if (located) keepDifferences(layoutOf(context.settings.DATA_DIR), context.job.id, recorded(compared, located));
    return endedWith(context, compared, { ours, theirs, differences, located, remarks, right });
  });
}

async function find(
  context: StepContext<CompareTables>,
  { paired, key, sides, names }: TableComparison,
  left: Readable,
  right: Readable,
): Promise<Located> {
  context.emit({ event: "progress", table: names.left, step: "find what differs" });
  const has = (name: string) => paired.pairs.find(pair => pair.name.toLowerCase() === name.toLowerCase())?.name;
  const partitions = [...new Set(sides.flatMap(side => side.partitions.flatMap(name => has(name) ?? [])))];
  const relations = { left: left.relation, right: right.relation, columns: paired.pairs, key, partitions };
  return await locate(await context.spark(), relations, context.signal);
}

// Without a key nobody knows which rows belong together: then the columns' own sums tell in which of them values differ.
async function inWords(
  context: StepContext<CompareTables>,
  { paired, key }: TableComparison,
  left: Readable,
  right: Readable,
  { counts, columns, partitions }: Located,
  ours: ProofFigures,
  theirs: ProofFigures,
): Promise<string[]> {
  const some = Object.values(counts).some(count => count !== "0");
  if (!some) return [];
  const rows = (count: string) => `${group(count)} ${count === "1" ? "row" : "rows"}`;
  const sums =
    key.length === 0 && ours.rows === theirs.rows
      ? await differingColumns(await context.spark(), {
          ...{ source: left.relation, target: right.relation, columns: paired.pairs },
        })
      : [];
  const places = partitions.map(({ name }) => name);
  return [
    ...(ours.rows === theirs.rows ? [] : [`${rows(ours.rows)} on the left, ${rows(theirs.rows)} on the right`]),
    ...(counts.left === "0" ? [] : [`${rows(counts.left)} only on the left`]),
    ...(counts.right === "0" ? [] : [`${rows(counts.right)} only on the right`]),
    ...(counts.changed === "0" ? [] : [`${rows(counts.changed)} with other values`]),
    ...(counts.repeated === "0" ? [] : [repeatedWords(counts.repeated, key.length > 0)]),
    ...(columns.length > 0
      ? [
          list(
            "column",
            columns.map(({ name }) => name),
          ),
        ]
      : sums),
    ...(places.length > 0 ? [list("partition", places)] : []),
  ];
}

function repeatedWords(count: string, isKeyed: boolean): string {
  const what = isKeyed ? "key" : "row";
  return count === "1"
    ? `1 ${what} that stands in several rows, not in the same ones on both sides`
    : `${group(count)} ${what}s that stand in several rows, not in the same ones on both sides`;
}

function unpairedWords({ onlyLeft, onlyRight }: Paired): string[] {
  return [
    ...(onlyLeft.length > 0 ? [`${list("column", onlyLeft)} only on the left`] : []),
    ...(onlyRight.length > 0 ? [`${list("column", onlyRight)} only on the right`] : []),
  ];
}

function recorded({ names, key }: TableComparison, located: Located): Differences {
  return {
    ...names,
    key: key.map(({ name }) => name),
    counts: located.counts,
    columns: [...located.columns],
    partitions: located.partitions.slice(0, 1000),
    rows: [...located.rows],
  } as Differences;
}

interface Ending {
  ours: ProofFigures;
  theirs: ProofFigures;
  differences: string[];
  located: Located | undefined;
  remarks: Remarks;
  right: Readable;
}

function endedWith(
  context: StepContext<CompareTables>,
  { names, sides, paired }: TableComparison,
  { ours, theirs, differences, located, remarks, right }: Ending,
): Ended {
  const [left, other] = sides;
  const verdict = differences.length === 0 ? "equal" : "differs";
  const meanwhile =
    located && !Object.values(located.counts).some(count => count !== "0")
      ? ["somebody wrote while the tables were read first; read again, they hold the same rows"]
      : [];
  const notes = [...paired.notes, ...remarks.notes, ...meanwhile];
  context.proof({
    ...{ at: new Date().toISOString(), attempt: context.attempt, table: names.left, target: names.right },
    ...{ level: "compared", verdict },
    ...snapshotsOf(left, other),
    columns: paired.pairs.map(({ name }) => name),
    ...{ source: ours, targetFigures: theirs },
    ...(differences.length > 0 && { differences }),
    ...(notes.length > 0 && { notes }),
    sql: figuresQuery(paired.pairs, right.relation),
  });
  const figures = located && {
    onlyLeft: located.counts.left,
    onlyRight: located.counts.right,
    changed: located.counts.changed,
    repeated: located.counts.repeated,
  };
  return {
    outcome: verdict === "equal" ? "succeeded" : "failed",
    rows: ours.rows,
    ...(left.bytes !== undefined && { bytes: left.bytes }),
    ...snapshotsOf(left, other),
    proof: { level: "compared", verdict },
    ...(figures && { figures }),
    ...(notes.length > 0 && { notes }),
    ...(differences.length > 0 && { error: differs(names, differences, located !== undefined) }),
  };
}

/** The snapshots that were read, as an outcome names them. */
export function snapshotsOf(left: Found | undefined, right: Found | undefined) {
  return {
    ...(left?.snapshot && { sourceSnapshot: left.snapshot }),
    ...(right?.snapshot && { targetSnapshot: right.snapshot }),
  };
}

/** Why a comparison failed: what is not the same on both sides. */
export function differs({ left, right }: TableComparison["names"], differences: readonly string[], hasRows: boolean) {
  const more = differences.length > 6 ? `; and ${differences.length - 6} more` : "";
  return {
    message: `${left} and ${right} differ: ${differences.slice(0, 6).join("; ")}${more}.`,
    ...(hasRows && { hint: "The page of the comparison shows the rows that differ." }),
  };
}
