import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import { ddl } from "../../connectors/spark/protocol/types.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { SettingsError } from "../../core/settings.ts";
import { type Engine, type PlanContext, type Step, type StepContext, StepFailed } from "../engine.ts";
import { isUnavailable, jobErrorOf } from "../runner/job-error.ts";
import { compareInSpark } from "./compare.ts";
import { badKey } from "./locate.ts";
import { type Paired, pairSides } from "./pair.ts";
import { type CompareTables, keyOf, labelOf, type Side, sideOf } from "./parameters.ts";
import { type Found, findSides } from "./sides.ts";
import { compareInSnowflake } from "./snowflake.ts";

/** What a comparison needs: both sides as they were found, and how their columns go together. */
export interface Comparison {
  sides: readonly [Side, Side];
  /** Those that Spark reads, in order. */
  found: Found[];
  /** Of two sides that Spark reads. */
  paired?: Paired;
}

/** Compares two tables that exist, and says where they differ. Changes neither. */
const engine: Engine<CompareTables, Comparison | undefined> = {
  plan,
  run: (step, context) => withCatalogs(context, () => compare(step, context)),
};

export default engine;

async function plan(context: PlanContext<CompareTables>) {
  const { left, right } = context.job.parameters;
  const base = { table: labelOf(left), target: labelOf(right) };
  const refused = (error: JobError): Step<undefined> => ({
    ...{ ...base, action: "refuse", why: error.message, ended: { outcome: "failed", error }, detail: undefined },
  });
  try {
    return { steps: [{ ...base, ...(await withCatalogs(context, () => planStep(context))) }], parallel: 1 };
  } catch (error) {
    if (error instanceof SettingsError || isUnavailable(error)) throw error;
    if (error instanceof SparkError && !error.errorClass) throw error;
    return { steps: [refused(jobErrorOf(error))], parallel: 1 };
  }
}

async function planStep(
  context: PlanContext<CompareTables>,
): Promise<Omit<Step<Comparison | undefined>, "table" | "target">> {
  const { parameters } = context.job;
  const sides = [sideOf(parameters.left), sideOf(parameters.right)] as const;
  const readable = sides.filter(side => side.kind !== "snowflake");
  const found = readable.length > 0 ? await findSides(await context.spark(), context, readable) : [];
  const size = {
    ...total(found, "rows"),
    ...total(found, "bytes"),
    notes: found.flatMap(({ notes }) => notes),
  };
  const [one, other] = found;
  if (!one || !other) {
    const why = "Snowflake is asked for counts, smallest and largest values: hashes of its rows can't be compared";
    return { action: "compare figures", why, ...size, detail: { sides, found } };
  }
  const paired = pairSides(one.columns, other.columns, parameters.ignore);
  refuseColumns(paired, parameters);
  const key = keyOf(parameters);
  return {
    action: "compare",
    why: key.length > 0 ? `rows are told apart by ${key.join(", ")}` : "whole rows are compared, in whatever order",
    ...size,
    notes: [...size.notes, ...paired.notes, ...unpaired(paired)],
    columns: paired.pairs.map(({ name, left, right }) => ({ name, from: ddl(left.source), to: ddl(right.source) })),
    detail: { sides, found, paired },
  };
}

function total(found: readonly Found[], what: "rows" | "bytes"): { rows?: string; bytes?: string } {
  const figures = found.flatMap(side => (side[what] === undefined ? [] : [BigInt(side[what])]));
  return figures.length === found.length && figures.length > 0
    ? { [what]: String(figures.reduce((sum, one) => sum + one, 0n)) }
    : {};
}

function unpaired({ onlyLeft, onlyRight }: Paired): string[] {
  return [
    ...(onlyLeft.length > 0 ? [`only on the left: ${onlyLeft.join(", ")}`] : []),
    ...(onlyRight.length > 0 ? [`only on the right: ${onlyRight.join(", ")}`] : []),
  ];
}

function refuseColumns({ pairs, wrong }: Paired, parameters: CompareTables): void {
  if (wrong.length > 0)
    throw new StepFailed({
      message: `There is no type in which both sides of a column could be compared: ${wrong.slice(0, 5).join("; ")}.`,
      hint: 'Leave such columns out with "ignore", or compare a view that casts them.',
    });
  if (pairs.length === 0)
    throw new StepFailed({
      message: "The two sides have no column in common.",
      hint: "Columns are paired by their names: compare a view that gives one side the names of the other.",
    });
  for (const name of keyOf(parameters)) {
    if (pairs.some(pair => pair.name.toLowerCase() === name.toLowerCase())) continue;
    throw new StepFailed({
      message: `The key's column ${name} is not on both sides; these are: ${pairs
        .map(pair => pair.name)
        .slice(0, 20)
        .join(", ")}.`,
      hint: "Name columns that both sides have, or leave the key out to compare whole rows.",
    });
  }
  const bad = badKey(keyPairs({ pairs }, parameters));
  if (bad) throw new StepFailed({ message: `${bad}.`, hint: "Choose a key of plain columns, or leave it out." });
}

function keyPairs({ pairs }: Pick<Paired, "pairs">, parameters: CompareTables) {
  const names = keyOf(parameters).map(name => name.toLowerCase());
  return pairs.filter(({ name }) => names.includes(name.toLowerCase()));
}

async function compare({ table, target, detail }: Step<Comparison | undefined>, context: StepContext<CompareTables>) {
  if (!detail) throw new Error(`${table} was not planned`);
  const { sides, found, paired } = detail;
  const [left, right] = found;
  const names = { left: table, right: target };
  if (left && right && paired) {
    const key = keyPairs(paired, context.job.parameters);
    return await compareInSpark(context, { names, sides: [left, right], paired, key });
  }
  return await compareInSnowflake(context, { names, sides, ...(left && { found: left }) });
}

async function withCatalogs<T>(context: PlanContext<CompareTables>, work: () => Promise<T>): Promise<T> {
  const { left, right } = context.job.parameters;
  const sides = [left, right].map(sideOf);
  const catalogs = [...new Set(sides.flatMap(side => (side.kind === "table" ? [side.name.catalog] : [])))];
  if (sides.every(({ kind }) => kind === "snowflake")) return await work();
  const session = await context.spark();
  await attachCatalogs(session, context.settings, catalogs);
  return await whileAzureAnswers(session, context.settings, catalogs, work);
}
