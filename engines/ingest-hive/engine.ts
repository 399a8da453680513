import type { Engine } from "../engine.ts";
import type { HiveMove } from "./hive-source.ts";
import { withInspection } from "./inspect.ts";
import type { IngestHive } from "./parameters.ts";
import { planIngest } from "./plan.ts";
import { withFinerDigits } from "./reading/finer-digits.ts";
import { ingestTable } from "./reading/read-source.ts";
import { withWitness } from "./witness.ts";

/** Copies Hive tables into Iceberg tables of the lake. */
const engine: Engine<IngestHive, HiveMove> = {
  plan: planIngest,
  run: withFinerDigits(withInspection(withWitness(ingestTable))),
};

export default engine;
