import { ensureContainer } from "../../tables/container.ts";
import type { Engine } from "../engine.ts";
import { type Move, moveTable } from "../move.ts";
import type { MigrateIceberg } from "./parameters.ts";
import { planMigrate } from "./plan.ts";

/** Copies Iceberg tables from one catalog into another, one snapshot of each. */
const engine: Engine<MigrateIceberg, Move> = {
  plan: planMigrate,
  // Not while planning: a plan changes nothing. A table that is there has its container.
  async run(step, context) {
    if (!step.detail.existing) await ensureContainer(context.settings, context.job.parameters.to);
    return await moveTable(step, context);
  },
};

export default engine;
