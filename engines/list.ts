import type { Engine, EngineEntry, JobType } from "./engine.ts";
import { exportAudit } from "./export-audit/parameters.ts";
import { ingestHive } from "./ingest-hive/parameters.ts";
import { migrateIceberg } from "./migrate-iceberg/parameters.ts";
import { registerSnowflake } from "./register-snowflake/parameters.ts";

/** Every job type there is. Nothing else in the product has a list of types; a new one adds its line here. */
export const engines: Readonly<Record<string, EngineEntry>> = Object.fromEntries(
  [
    entry(ingestHive, () => import("./ingest-hive/engine.ts")),
    entry(migrateIceberg, () => import("./migrate-iceberg/engine.ts")),
    entry(registerSnowflake, () => import("./register-snowflake/engine.ts")),
    entry(exportAudit, () => import("./export-audit/engine.ts")),
  ].map(found => [found.type.type, found]),
);

/** The job types by name, without their engines. */
export const jobTypes: Readonly<Record<string, JobType>> = Object.fromEntries(
  Object.values(engines).map(({ type }) => [type.type, type]),
);

// Parameters are checked against their shape before anyone sees them, so the list may forget their type.
function entry<P, D>(type: JobType<P>, load: () => Promise<{ default: Engine<P, D> }>): EngineEntry {
  return { type: type as unknown as JobType, load: async () => (await load()).default as unknown as Engine };
}
