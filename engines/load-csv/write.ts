import { describeIceberg } from "../../connectors/iceberg/iceberg.ts";
import { quote, sqlName } from "../../connectors/iceberg/names.ts";
import { NotObserved } from "../../connectors/spark/errors.ts";
import type { Copy, Session, Statement } from "../../connectors/spark/session.ts";
import type { CsvColumn } from "../../formats/csv/columns.ts";
import { deduplicateSelect, type OnDuplicate, sameKey, sameValues } from "../../formats/csv/deduplicate.ts";
import type { StepContext } from "../engine.ts";
import { figureExpressions, type ProofFigures, proofFigures, takeFigures } from "../table-copy/proof-figures.ts";
import { type Watch, type Write, writing } from "../table-copy/publish.ts";
import type { Intake } from "./intake.ts";
import { same } from "./look.ts";
import type { LoadCsv } from "./parameters.ts";
import type { Load } from "./plan.ts";
import { dropWork, workTable } from "./stage.ts";

/** What the file does to the table, in rows, and how it is brought there. `fill` is left out where nothing changes. */
export interface Change {
  added: number;
  changed: number;
  same: number;
  select: string;
  fill?: NonNullable<Write["fill"]>;
}

type Context = StepContext<LoadCsv>;

/** The rows of a new or empty table are those of the file; it is all one statement that sorts out, writes and counts. */
export function fillEmpty(session: Session, load: Load, intake: Intake, { job }: Context): Change {
  const names = load.table.map(({ name }) => own(name, load.columns)).join(", ");
  const rowsOf = (records: string) =>
    `select ${names} from (${deduplicateSelect(records, load.columns, job.parameters.onDuplicate)})`;
  const select = rowsOf(intake.relation);
  const observe = { name: "proof", metrics: figureExpressions(load.table) };
  return {
    ...{ added: 0, changed: 0, same: 0, select },
    async fill(branch, watch) {
      const into = `insert overwrite ${branch} select * from source`;
      const copy = { into, alias: "source", observe, ...passing(intake, rowsOf) };
      const { observed, below } = await copyObserved(session, copy, writing(watch));
      await intake.admit(below);
      const figures = observed
        ? proofFigures(observed)
        : await takeFigures(session, load.table, `(${select})`, watch.signal);
      if (figures.rows === "0") throw noneCounts();
      return figures;
    },
  };
}

// The records are counted as they pass, where that was not done before.
function passing({ passing }: Intake, rowsOf: (records: string) => string) {
  return { source: rowsOf(passing.alias), from: passing };
}

/**
 * Finds the rows that the file changes or adds, keeps them in a table, and merges only those. The whole table must then
 * have the figures of what was there before without them, and of them.
 */
export async function findChange(
  session: Session,
  load: Load,
  intake: Intake,
  { job, signal }: Context,
): Promise<Change> {
  const changes = workTable(load.target, "changes");
  await dropWork(session, changes);
  const before = beforeOf(load);
  const { columns, table } = load;
  const all = table.map(({ name }) => quote(name)).join(", ");
  const copy = {
    into: `create table ${sqlName(changes)} using iceberg as select ${all} from source where portal_state <> 'same'`,
    alias: "source",
    ...passing(intake, records => comparedSelect(load, records, before, job.parameters.onDuplicate)),
    observe: { name: "changes", metrics: STATES.map(one => `count_if(portal_state = '${one}') as ${one}`) },
  };
  const { observed, below } = await copyObserved(session, copy, { signal });
  await intake.admit(below);
  const rows = Number((await describeIceberg(session, changes))?.current?.summary["total-records"] ?? 0);
  const [added = 0, changed = 0, unchanged = 0] = STATES.map(state => Number(observed?.[state] ?? 0));
  const counts =
    observed && added + changed === rows
      ? { added, changed, same: unchanged }
      : await countChange(session, load, intake.relation, job.parameters.onDuplicate, signal);
  if (counts.added + counts.changed + counts.same === 0) throw noneCounts();
  const columnList = table.map(({ name }) => `t.${quote(name)}`).join(", ");
  const select = `select ${columnList} from ${before} t left anti join ${sqlName(changes)} c on ${sameKey("t", "c", columns)}
    union all select ${all} from ${sqlName(changes)}`;
  const fill = async (branch: string, watch: Watch): Promise<ProofFigures> => {
    const merge = `merge into ${branch} t using ${sqlName(changes)} c on ${sameKey("t", "c", columns)}
       when matched then update set * when not matched then insert *`;
    // Rows that are all new need no look at those that are there.
    const append = `insert into ${branch} select ${all} from ${sqlName(changes)}`;
    await session.command(counts.changed === 0 ? append : merge, writing(watch));
    return await takeFigures(session, table, `(${select})`, signal);
  };
  return { ...counts, select, ...(rows > 0 && { fill }) };
}

function noneCounts(): Error {
  return new Error(
    'No record of the file counts, since each key comes more than once: nothing was written. Choose the last or the first in "onDuplicate".',
  );
}

/** How many rows a file would add and change, without doing it. */
export async function countChange(
  session: Session,
  load: Load,
  relation: string,
  onDuplicate: OnDuplicate,
  signal: AbortSignal,
): Promise<Pick<Change, "added" | "changed" | "same">> {
  const before = load.existing?.current && beforeOf(load);
  const rows = before
    ? comparedSelect(load, relation, before, onDuplicate)
    : `select 'added' as portal_state from (${deduplicateSelect(relation, load.columns, onDuplicate)})`;
  const counts = STATES.map(one => `cast(count_if(portal_state = '${one}') as string) as ${one}`);
  const [row] = await session.query(`select ${counts.join(", ")} from (${rows})`, { signal });
  const [added = 0, changed = 0, same = 0] = STATES.map(one => Number(row?.[one] ?? 0));
  return { added, changed, same };
}

function beforeOf({ target, existing }: Load): string {
  return `${sqlName(target)} version as of ${existing?.current?.id}`;
}

// The rows that the file gives, whole, each with what it is to the table.
function comparedSelect({ columns, table }: Load, records: string, before: string, onDuplicate: OnDuplicate): string {
  const values = table.map(({ name }) => `${own(name, columns, "w", "t")} as ${quote(name)}`);
  const key = columns.find(column => column.key)?.name ?? "";
  const state = `case when t.${quote(key)} is null then 'added' when ${sameValues("w", "t", columns)} then 'same' else 'changed' end`;
  const deduplicated = deduplicateSelect(records, columns, onDuplicate);
  return `select ${values.join(", ")}, ${state} as portal_state from (${deduplicated}) w left join ${before} t on ${sameKey("t", "w", columns)}`;
}

const STATES = ["added", "changed", "same"];

// Columns that the file does not have stay as they are, and are null in new rows.
function own(name: string, columns: readonly CsvColumn[], from?: string, other?: string): string {
  const there = columns.some(column => same(column.name, name));
  const side = there ? from : other;
  if (!there && !other) return `null as ${quote(name)}`;
  return side ? `${side}.${quote(name)}` : quote(name);
}

type Copied = Awaited<ReturnType<Session["copy"]>>;

/** Runs a copy; what it observed is left out where its rows are written and a busy server gave the figures too late. */
async function copyObserved(
  session: Session,
  copy: Copy,
  statement: Statement,
): Promise<Partial<Pick<Copied, "observed" | "below">>> {
  try {
    return await session.copy(copy, statement);
  } catch (error) {
    if (error instanceof NotObserved) return {};
    throw error;
  }
}
