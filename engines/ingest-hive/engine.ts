import type { Engine } from "../engine.ts";
import { type Move, moveTable } from "../move.ts";
import type { IngestHive } from "./parameters.ts";
import { planIngest } from "./plan.ts";

/** Copies Hive tables into Iceberg tables of the lake. */
const engine: Engine<IngestHive, Move> = { plan: planIngest, run: moveTable };

export default engine;
