import { join } from "node:path";
import { replaceFile } from "../../core/system/atomic.ts";
import { readJson, toJson } from "../../core/system/json.ts";

/** A place in Azure that tables may be read from. `base` ends with a slash. */
export interface RegisteredVolume {
  name: string;
  location: string;
  base: string;
  tenant: string;
  comment: string;
}

/** An Iceberg table that was registered: a name for a metadata file. */
export interface Registered {
  database: string;
  schema: string;
  name: string;
  volume: string;
  integration: string;
  /** The metadata file, by its whole address. */
  metadata: string;
  uuid: string;
  createdAt: string;
}

/** What was registered here; `save` makes a change durable. */
export interface Registry {
  volumes: RegisteredVolume[];
  integrations: string[];
  tables: Registered[];
  save(): void;
}

/** Reads what was registered in a folder, nothing at its first use. */
export function openRegistry(folder: string): Registry {
  const file = join(folder, "registered.json");
  const { volumes, integrations, tables } = readJson<Registry>(file) ?? { volumes: [], integrations: [], tables: [] };
  const registry = { volumes, integrations, tables, save: () => replaceFile(file, toJson(registry), 0o600) };
  return registry;
}

/** The registered table of a name, if there is one. Names are compared as DuckDB does, without regard to case. */
export function findTable(registry: Registry, name: readonly string[]): Registered | undefined {
  const wanted = name.join("\n").toUpperCase();
  return registry.tables.find(table => [table.database, table.schema, table.name].join("\n").toUpperCase() === wanted);
}
