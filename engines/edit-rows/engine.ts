import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { describeIceberg } from "../../connectors/iceberg/iceberg.ts";
import { copiedColumns } from "../../connectors/iceberg/layout/columns.ts";
import { sqlName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Engine, Step } from "../engine.ts";
import { countRows } from "../load-csv/counts.ts";
import type { Counting } from "../load-csv/parameters.ts";
import { loadTarget } from "../load-csv/parameters.ts";
import { rowCounts } from "./browse.ts";
import { applyEdit } from "./edit.ts";
import type { EditRows } from "./parameters.ts";
import { withTrace } from "./trace.ts";

/** A step: the row itself, or a table of counts after it. */
type EditStep = { kind: "row" } | ({ kind: "counts" } & Counting);

/** Writes or deletes one row in a commit of its own, then counts anew what is counted of the table. */
const engine: Engine<EditRows, EditStep> = {
  async plan(context) {
    const of = loadTarget(context.job.parameters);
    const session = await context.spark();
    await attachCatalogs(session, context.settings, [of.catalog]);
    const found = await describeIceberg(session, of);
    if (!found || found.view) throw new Error(`There is no table ${tableNameOf(of)}.`);
    const table = tableNameOf(of);
    const action = context.job.parameters.set ? "write" : "delete";
    const row: Step<EditStep> = { table, target: table, action, detail: { kind: "row" } };
    return {
      steps: [row, ...rowCounts(of, found.properties["portal.counts"]).map(counting => stepOf(table, counting))],
      parallel: 1,
    };
  },
  async run(step, context) {
    const of = loadTarget(context.job.parameters);
    const session = await context.spark();
    await attachCatalogs(session, context.settings, [of.catalog]);
    const { detail } = step;
    return await whileAzureAnswers(session, context.settings, [of.catalog], async () => {
      if (detail.kind === "counts") return await countRows(detail, step, context);
      const columns = copiedColumns(await session.schema(`select * from ${sqlName(of)}`));
      return await applyEdit(session, of, columns, context).catch(async error => {
        throw await withTrace(session, of, context.job.id, error);
      });
    });
  },
};

export default engine;

function stepOf(table: string, counting: Counting): Step<EditStep> {
  const target = tableNameOf(counting.target);
  // A step is known by its table, and the row's own has that name already.
  return { table: `${table} by ${counting.by}`, target, action: "count", detail: { kind: "counts", ...counting } };
}
