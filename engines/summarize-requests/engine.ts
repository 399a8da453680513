import { streamTable, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Engine, PlanContext, Step, StepContext } from "../engine.ts";
import type { SummarizeRequests } from "./parameters.ts";
import { summarize } from "./rounds.ts";
import { STATISTICS, type Statistic } from "./statistics.ts";

/** A step is one table of statistics; the first that runs does the work of all, so that they tell of the same snapshot. */
interface Detail {
  statistic: Statistic;
  all: { steps: Step<Detail>[]; ended?: ReturnType<typeof summarize> };
}

/** Statistics of all requests that a stream has stored. */
const engine: Engine<SummarizeRequests, Detail> = { plan, run };

export default engine;

async function plan({ job }: PlanContext<SummarizeRequests>) {
  const source = streamTable(job.parameters);
  const { everyMinutes } = job.parameters;
  const all: Detail["all"] = { steps: [] };
  const why = everyMinutes ? `every ${everyMinutes} min while its stream runs` : "all rows that are stored";
  all.steps = STATISTICS.map(statistic => {
    const table = tableNameOf({ ...source, table: `${source.table}${statistic.ending}` });
    return { table, target: table, action: "summarize", why, detail: { statistic, all } };
  });
  return { steps: all.steps, parallel: all.steps.length };
}

async function run({ detail: { statistic, all } }: Step<Detail>, context: StepContext<SummarizeRequests>) {
  // What succeeded in an attempt before is not planned again, but is of an older snapshot than what is made now.
  all.ended ??= summarize(all.steps, streamTable(context.job.parameters), context);
  const ended = (await all.ended).get(statistic.ending);
  if (!ended) throw new Error(`Nothing was said of ${statistic.ending}.`);
  return ended;
}
