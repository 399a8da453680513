import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import type { Engine, Plan, PlanContext, Step } from "../engine.ts";
import { icebergNames } from "./iceberg-facts.ts";
import { groupLooks, type Looks } from "./look.ts";
import { isHiveTable, metastoreTables } from "./metastore-facts.ts";
import type { CheckDrift } from "./parameters.ts";
import { type DriftSubject, knownSubjects } from "./scope.ts";

/** What a step needs: the table, and who looks at it. */
interface Detail {
  subject: DriftSubject;
  looks: Looks;
}

// Tables of a group are looked at together; so many groups are on their way at once.
const PARALLEL = 200;

/** Looks at every table of a namespace and at every place on their ways. Reads metadata only, and changes nothing. */
const engine: Engine<CheckDrift, Detail> = { plan, run };

export default engine;

async function plan(context: PlanContext<CheckDrift>): Promise<Plan<Detail>> {
  const { from } = context.job.parameters;
  const namespace = namespaceOf(context.job.parameters);
  const [known, names] = await Promise.all([
    knownSubjects(context.settings, from, namespace),
    from === "snowflake" ? [] : namesIn(context),
  ]);
  const all = new Map(known.map(subject => [subject.name, subject]));
  for (const table of names) {
    const name = `${from}.${namespace}.${table}`;
    if (!all.has(name)) all.set(name, { name, at: { catalog: from, namespace, table }, copied: [] });
  }
  const subjects = [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const looks = groupLooks(subjects, context);
  const steps = subjects.map(
    (subject): Step<Detail> => ({ table: subject.name, target: "", action: "look", detail: { subject, looks } }),
  );
  return { steps, parallel: PARALLEL, end: () => looks.close() };
}

// Of Hive, tables only: a view is known once somebody has copied it.
async function namesIn({ job, settings, spark }: PlanContext<CheckDrift>): Promise<string[]> {
  const { from } = job.parameters;
  const namespace = namespaceOf(job.parameters);
  const session = async () => {
    const opened = await spark();
    await attachCatalogs(opened, settings, [from]);
    return opened;
  };
  if (from !== "hive") return await icebergNames(await session(), from, namespace);
  const tables = await metastoreTables(settings, namespace);
  if (tables) return [...tables.values()].filter(isHiveTable).map(({ name }) => name);
  return await icebergNames(await session(), from, namespace);
}

// Hive's metastore, which has the lake's tables too, folds names to lower case.
function namespaceOf({ from, namespace }: CheckDrift): string {
  return from === "hive" || from === "lake" ? namespace.toLowerCase() : namespace;
}

async function run({ detail: { subject, looks } }: Step<Detail>) {
  const found = await looks.of(subject);
  if (found instanceof Error) throw found;
  return { outcome: "succeeded" as const, drift: found };
}
