import { HiveError } from "../../connectors/hive/address.ts";
import { type Questions, questionsFor, type SideFigures } from "../../connectors/hive/figures.ts";
import { openHive } from "../../connectors/hive/server2.ts";
import { quote, sparkLiteral } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { type Step, type StepContext, StepFailed } from "../engine.ts";
import type { Move } from "../table-copy/move.ts";
import type { IngestHive } from "./parameters.ts";
import { finerNote } from "./reading/finer-digits.ts";

type Ended = Omit<Outcome, "table" | "target" | "seconds">;
type Run<M extends Move> = (step: Step<M>, context: StepContext<IngestHive>) => Promise<Ended>;

/** Runs a copy of which Hive itself is asked before it is published, where HIVE_SERVER2_URL is set or the job demands it. */
export function withWitness<M extends Move>(run: Run<M>): Run<M> {
  return async (step, context) => {
    const { verify } = context.job.parameters;
    const demanded = verify === "witness";
    if (!demanded && (verify !== "read-back" || !context.settings.HIVE_SERVER2_URL)) return await run(step, context);
    let agrees = false;
    const witness: NonNullable<Move["witness"]> = async (relation, snapshot) => {
      try {
        const notes = await askHive(step, context, relation, snapshot.id);
        agrees = true;
        return notes;
      } catch (error) {
        if (!(error instanceof HiveError) || demanded) throw error instanceof HiveError ? silent(error) : error;
        return [`Hive could not be asked: ${error.message}`];
      }
    };
    const outcome = await run({ ...step, detail: { ...step.detail, witness } }, context);
    return agrees && outcome.proof ? { ...outcome, proof: { ...outcome.proof, witness: "agrees" } } : outcome;
  };
}

function silent({ message, hint }: HiveError): StepFailed {
  const reported = `Hive could not be asked what it reads, and the job demands it. ${message}`;
  return new StepFailed({ message: reported, ...(hint && { hint }) });
}

async function askHive<M extends Move>(
  { table, target, detail }: Step<M>,
  context: StepContext<IngestHive>,
  relation: string,
  snapshot: string,
): Promise<string[]> {
  const { settings, signal, attempt } = context;
  const session = await context.spark();
  const questions = questionsFor(
    detail.columns.map(column => ({ ...column, partition: isPartition(detail, column.name) })),
  );
  const [, database = "", ...rest] = table.split(".");
  const name = [database, rest.join(".")] as const;
  const hive = await openHive(settings);
  try {
    const zone = settings.HIVE_TIME_ZONE ?? (await javaZone(session));
    const [there, here] = await Promise.all([
      inTurn(questions.hive(name), sql => hive.query(sql, signal)),
      inTurn(questions.spark(relation, quote, sparkLiteral(zone)), sql => session.query(sql, { signal })),
    ]);
    const [witnessed, copied] = [questions.read(there), questions.read(here)];
    const differences = questions.differences(witnessed, copied);
    context.proof({
      ...{ at: new Date().toISOString(), attempt, table, target, level: "witness" },
      verdict: differences.length === 0 ? "agrees" : "differs",
      targetSnapshot: snapshot,
      ...{ source: sideOf(witnessed), targetFigures: sideOf(copied) },
      ...(differences.length > 0 && { differences }),
    });
    if (differences.length > 0) throw differs(table, differences, !detail.existing || detail.sameLayout);
    return finerNotes(questions, there);
  } finally {
    await hive.close();
  }
}

const HINT =
  "Where somebody wrote to the table meanwhile, run the job again. Else copy it in Hive into a plain table (create table … stored as parquet as select …) and ingest that.";
const ZONE_HINT =
  "Where only the hour differs, say where Hive's clocks are, HIVE_TIME_ZONE=Europe/Berlin for example, in .env; then run the job again.";
const TIME_OF_DAY = /: (smallest|largest) value in Hive \d{4}-\d\d-\d\d \d\d:/;

function differs(table: string, differences: readonly string[], onBranch: boolean): StepFailed {
  const more = differences.length > 5 ? `; and ${differences.length - 5} more` : "";
  const still = onBranch ? " Readers still see what was there before." : "";
  return new StepFailed({
    message: `Hive reads ${table} otherwise than Spark: ${differences.slice(0, 5).join("; ")}${more}.${still}`,
    hint: differences.every(one => TIME_OF_DAY.test(one)) ? ZONE_HINT : HINT,
  });
}

/** The zone in which Spark's Java reads what has no zone of its own. */
export async function javaZone(session: Session): Promise<string> {
  const [row] = await session.query("select java_method('java.time.ZoneId', 'systemDefault') as zone");
  return String(row?.zone ?? "UTC");
}

async function inTurn<T>(statements: readonly string[], ask: (sql: string) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for (const sql of statements) rows.push(...(await ask(sql)).slice(0, 1));
  return rows;
}

function isPartition({ partitioning }: Move, name: string): boolean {
  return partitioning.some(transform => transform.replace(/^`|`$/g, "").replaceAll("``", "`") === name);
}

function sideOf({ rows, values }: SideFigures) {
  return {
    rows,
    columns: values.map(({ title, values: count, smallest, largest }) => ({
      ...{ name: title, count },
      ...{ min: cut(smallest), max: cut(largest) },
    })),
  };
}

function cut(value: string | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return value.length > 200 ? `${value.slice(0, 200)}…` : value;
}

function finerNotes(questions: Questions, answers: readonly Record<string, string | null>[]): string[] {
  return questions.finer(answers).map(({ title, count }) => finerNote(title, count));
}
