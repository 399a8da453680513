import { ensureContainer } from "../../connectors/azure/container.ts";
import type { Engine, Step } from "../engine.ts";
import { type Move, moveTable } from "../table-copy/move.ts";
import type { History } from "./history/plan.ts";
import type { MigrateIceberg } from "./parameters.ts";
import { planMigrate } from "./plan.ts";

/** Copies Iceberg tables from one catalog into another: one snapshot of each, or the whole history. */
const engine: Engine<MigrateIceberg, Move | History> = {
  plan: planMigrate,
  async run(step, context) {
    if (isHistory(step)) {
      const { copyHistory } = await import("./history/run.ts");
      return await copyHistory(step, context);
    }
    const { detail } = step;
    if ("history" in detail) throw new Error("unreachable");
    // Not while planning: a plan changes nothing. A table that is there has its container.
    if (!detail.existing) await ensureContainer(context.settings, context.job.parameters.to);
    return await moveTable({ ...step, detail }, context);
  },
};

function isHistory(step: Step<Move | History>): step is Step<History> {
  return "history" in step.detail;
}

export default engine;
