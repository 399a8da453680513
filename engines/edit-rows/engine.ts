import { attachCatalogs } from "../../tables/catalogs.ts";
import { columnsOf } from "../../tables/columns.ts";
import { describeIceberg } from "../../tables/iceberg.ts";
import { nameOf, sqlName } from "../../tables/names.ts";
import { whileAzureAnswers } from "../../tables/storage-away.ts";
import type { Engine, Step } from "../engine.ts";
import { type Counting, countRows } from "../load-csv/counts.ts";
import { tableOf } from "../load-csv/parameters.ts";
import { countsOf } from "./counts.ts";
import { editRow } from "./edit.ts";
import type { EditRows } from "./parameters.ts";

/** A step: the row itself, or a table of counts after it. */
type EditStep = { kind: "row" } | ({ kind: "counts" } & Counting);

/** Writes or deletes one row in a commit of its own, then counts anew what is counted of the table. */
const engine: Engine<EditRows, EditStep> = {
  async plan(context) {
    const of = tableOf(context.job.parameters);
    const session = await context.spark();
    await attachCatalogs(session, context.settings, [of.catalog]);
    const found = await describeIceberg(session, of);
    if (!found || found.view) throw new Error(`There is no table ${nameOf(of)}.`);
    const table = nameOf(of);
    const action = context.job.parameters.set ? "write" : "delete";
    const row: Step<EditStep> = { table, target: table, action, detail: { kind: "row" } };
    return {
      steps: [row, ...countsOf(of, found.properties["portal.counts"]).map(counting => stepOf(table, counting))],
      parallel: 1,
    };
  },
  async run(step, context) {
    const of = tableOf(context.job.parameters);
    const session = await context.spark();
    await attachCatalogs(session, context.settings, [of.catalog]);
    const { detail } = step;
    return await whileAzureAnswers(session, context.settings, [of.catalog], async () => {
      if (detail.kind === "counts") return await countRows(detail, step, context);
      const columns = columnsOf(await session.schema(`select * from ${sqlName(of)}`));
      return await editRow(session, of, columns, context);
    });
  },
};

export default engine;

function stepOf(table: string, counting: Counting): Step<EditStep> {
  const target = nameOf(counting.target);
  // A step is known by its table, and the row's own has that name already.
  return { table: `${table} by ${counting.by}`, target, action: "count", detail: { kind: "counts", ...counting } };
}
