import { quote } from "../../connectors/iceberg/names.ts";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import {
  type FigureColumn,
  figureDifferences,
  pairColumns,
  readFigures,
  snowflakeFigures,
  sparkFigures,
  type TableFigures,
} from "../../connectors/snowflake/agreement.ts";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import { describeStatement } from "../../connectors/snowflake/iceberg-table.ts";
import type { SnowflakeTable } from "../../connectors/snowflake/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { StepContext } from "../engine.ts";
import { differs, type Ended, snapshotsOf } from "./compare.ts";
import type { CompareTables, Side } from "./parameters.ts";
import { type Remarks, withSides } from "./read.ts";
import type { Found } from "./sides.ts";

/** What was found by asking both sides. */
interface Agreement {
  snowflake: TableFigures;
  other: TableFigures;
  columns: string[];
  differences: string[];
}

// The other side of a table of Snowflake: another one, or what Spark selects from.
type Other = { table: SnowflakeTable } | { session: Session; relation: string; names: readonly string[] };

// By their figures: hashes can't be compared.
async function agreeWith(
  table: SnowflakeTable,
  other: Other,
  { ignore, theirs }: { ignore: readonly string[]; theirs: string },
  { settings, signal }: Pick<StepContext, "settings" | "signal">,
): Promise<Agreement> {
  const snowflake = await openSnowflake({
    ...snowflakeAddress(settings),
    database: table.database,
    schema: table.schema,
  });
  try {
    const described = await snowflake.run(describeStatement(table), [], { signal });
    const names = "table" in other ? await namesOf(snowflake, other.table, signal) : other.names;
    const ignored = new Set(ignore.map(name => name.toLowerCase()));
    const isCompared = (name: string | null | undefined) => !ignored.has((name ?? "").toLowerCase());
    const { columns, differences } = pairColumns(
      described.filter(({ name }) => isCompared(name)),
      names.filter(isCompared),
      theirs,
    );
    const [there, here] = await Promise.all([
      figuresIn(snowflake, table, columns, signal),
      "table" in other
        ? figuresIn(
            snowflake,
            other.table,
            columns.map(column => ({ ...column, name: column.source })),
            signal,
          )
        : figuresHere(other, columns, signal),
    ]);
    return {
      ...{ snowflake: there, other: here },
      columns: columns.map(({ source }) => source),
      differences: [...differences, ...figureDifferences(there, here, theirs)],
    };
  } finally {
    await snowflake.close().catch(() => undefined);
  }
}

async function namesOf(snowflake: Snowflake, table: SnowflakeTable, signal: AbortSignal): Promise<string[]> {
  const rows = await snowflake.run(describeStatement(table), [], { signal });
  return rows.flatMap(({ name }) => name ?? []);
}

async function figuresIn(
  snowflake: Snowflake,
  table: SnowflakeTable,
  columns: readonly FigureColumn[],
  signal: AbortSignal,
): Promise<TableFigures> {
  const [row = {}] = await snowflake.run(snowflakeFigures(table, columns), [], { signal });
  return readFigures(row, columns);
}

async function figuresHere(
  { session, relation }: Extract<Other, { session: Session }>,
  columns: readonly FigureColumn[],
  signal: AbortSignal,
): Promise<TableFigures> {
  const [row = {}] = await session.query(sparkFigures(columns, relation, quote), { signal });
  return readFigures(row, columns);
}

/** A table of Snowflake beside another table. `found` is the side that Spark reads, if there is one. */
export interface InSnowflake {
  names: { left: string; right: string };
  sides: readonly [Side, Side];
  found?: Found;
}

/** Asks Snowflake and the other side for counts, smallest and largest values. */
export async function compareInSnowflake(
  context: StepContext<CompareTables>,
  { names, sides, found }: InSnowflake,
): Promise<Ended> {
  const [left, right] = sides;
  const { ignore } = context.job.parameters;
  const table = left.kind === "snowflake" ? left.table : right.kind === "snowflake" ? right.table : undefined;
  if (!table) throw new Error("none of the two sides is a table of Snowflake");
  const theirs = `in ${left.kind === "snowflake" ? names.right : names.left}`;
  const agree = (other: Other) => agreeWith(table, other, { ignore, theirs }, context);
  if (!found) {
    if (right.kind !== "snowflake") throw new Error(`${names.right} was not planned`);
    return agreed(context, names, await agree({ table: right.table }), { notes: [], unread: [] }, undefined, true);
  }
  const session = await context.spark();
  const pairs = found.columns.map(column => ({
    ...{ name: column.name, left: column, right: column },
    target: column.target,
  }));
  return await withSides(session, context, [found], pairs, async (side, _, remarks) => {
    const other = { session, relation: side.relation, names: pairs.map(({ name }) => name) };
    return agreed(context, names, await agree(other), remarks, found, left.kind === "snowflake");
  });
}

function agreed(
  context: StepContext<CompareTables>,
  names: InSnowflake["names"],
  { snowflake, other, columns, differences: told }: Agreement,
  remarks: Remarks,
  found: Found | undefined,
  snowflakeIsLeft: boolean,
): Ended {
  const differences = [...remarks.unread, ...told];
  const verdict = differences.length === 0 ? "agrees" : "differs";
  const [source, targetFigures] = snowflakeIsLeft ? [snowflake, other] : [other, snowflake];
  const snapshots = snowflakeIsLeft ? snapshotsOf(undefined, found) : snapshotsOf(found, undefined);
  context.proof({
    ...{ at: new Date().toISOString(), attempt: context.attempt, table: names.left, target: names.right },
    ...{ level: "compared", verdict, ...snapshots, columns, source, targetFigures },
    ...(differences.length > 0 && { differences }),
  });
  return {
    outcome: verdict === "agrees" ? "succeeded" : "failed",
    rows: source.rows,
    ...snapshots,
    proof: { level: "compared", verdict },
    ...(remarks.notes.length > 0 && { notes: remarks.notes }),
    ...(differences.length > 0 && { error: differs(names, differences, false) }),
  };
}
