import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../settings.ts";
import { cacheLayout, DUCKDB_EXTENSIONS } from "../setup/layout.mjs";

/** The DuckDB extensions in the order in which they have to be loaded; those that are not installed are left out. */
export function duckdbExtensions(settings: Pick<Settings, "CACHE_DIR">): string[] {
  const folder = cacheLayout(settings.CACHE_DIR).duckdb;
  return DUCKDB_EXTENSIONS.map(name => join(folder, `${name}.duckdb_extension`)).filter(path => existsSync(path));
}
