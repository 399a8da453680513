import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { describeIceberg, type IcebergTable, listIceberg } from "../../connectors/iceberg/iceberg.ts";
import { type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Engine, PlanContext, Step, StepContext } from "../engine.ts";
import { requestedTables } from "../runner/requested-tables.ts";
import { compact } from "./compact.ts";
import type { CompactTable } from "./parameters.ts";

/** What a step needs to know of its table. */
interface Found {
  name: TableName;
  table: IcebergTable;
}

/** Compacts tables one after the other: whoever writes meanwhile needs the machine more. */
const engine: Engine<CompactTable, Found | undefined> = { plan, run };

export default engine;

async function plan(context: PlanContext<CompactTable>) {
  const { from, namespace, tables } = context.job.parameters;
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [from]);
  const all = tables === "*";
  const names = all ? await listIceberg(session, from, namespace) : requestedTables(tables).map(({ name }) => name);
  const steps: Step<Found | undefined>[] = [];
  for (const table of names) {
    const name = { catalog: from, namespace, table };
    const known = await describeIceberg(session, name);
    const step = {
      table: tableNameOf(name),
      target: tableNameOf(name),
      action: "compact",
      detail: known && { name, table: known },
    };
    const why = whyNot(known);
    // Of all tables, those that are nothing to compact are no mistake.
    if (why) steps.push({ ...step, why, ended: { outcome: all ? "skipped" : "failed", error: { message: why } } });
    else steps.push({ ...step, why: `${known?.current?.summary["total-data-files"] ?? "0"} files` });
  }
  return { steps, parallel: 1 };
}

function whyNot(table: IcebergTable | undefined): string | undefined {
  if (!table) return "There is no such table.";
  if (table.view) return "It is a view: it has no files.";
  if (table.properties["gc.enabled"] === "false")
    return "Its files belong to somebody else (gc.enabled is false), so none of them may be deleted.";
  return table.current ? undefined : "It has no rows yet.";
}

async function run({ detail }: Step<Found | undefined>, context: StepContext<CompactTable>) {
  if (!detail) throw new Error("The table is gone: somebody dropped it after it was looked at.");
  const session = await context.spark();
  const { from } = context.job.parameters;
  await attachCatalogs(session, context.settings, [from]);
  return await whileAzureAnswers(session, context.settings, [from], () => compact(session, detail.name, context));
}
