import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { dropParts } from "../../formats/csv/parts.ts";
import type { Engine, Step, StepContext } from "../engine.ts";
import { countRows } from "./counts.ts";
import { loadFile } from "./load.ts";
import type { LoadCsv } from "./parameters.ts";
import { type LoadStep, planLoad } from "./plan.ts";

/** Loads a CSV file into a table by its key; the tables of counts follow. */
const engine: Engine<LoadCsv, LoadStep> = { plan: planLoad, run };

export default engine;

async function run(step: Step<LoadStep>, context: StepContext<LoadCsv>) {
  const { detail } = step;
  const session = await context.spark();
  const { catalog } = detail.kind === "load" ? detail.load.target : detail.of;
  await attachCatalogs(session, context.settings, [catalog]);
  return await whileAzureAnswers(session, context.settings, [catalog], () => load(step, context));
}

async function load(step: Step<LoadStep>, context: StepContext<LoadCsv>) {
  const { detail } = step;
  if (detail.kind === "load") {
    try {
      return await loadFile(step, detail.load, context);
    } catch (error) {
      detail.ended.failed = true;
      throw error;
    } finally {
      dropParts(context.settings.DATA_DIR, context.job.id);
    }
  }
  if (detail.ended.failed)
    return { outcome: "skipped" as const, error: { message: "The file was not loaded, so nothing was counted anew." } };
  return await countRows(detail, step, context);
}
