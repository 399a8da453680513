import { join } from "node:path";
import { azurePlace, EMULATOR_KEY, metastoreUri, readEndpoints } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";

/** What `${NAME}` in `catalogs.json` stands for: a setting, what the laptop stack offers instead, or the environment. */
export function variableOf(name: string, settings: Settings): string | undefined {
  const set = (settings as Record<string, unknown>)[name];
  if (typeof set === "string") return set;
  if (name === "HIVE_METASTORE_URI") return metastoreUri(settings);
  return azureValue(name, settings) ?? laptopValue(name, settings) ?? process.env[name];
}

function azureValue(name: string, settings: Settings): string | undefined {
  const place = azurePlace(settings);
  if (!place) return undefined;
  switch (name) {
    case "AZURE_ACCOUNT":
      return place.account;
    case "AZURE_CONTAINER":
      return place.container;
    case "AZURE_KEY":
      return settings.AZURE_ACCOUNT ? undefined : (readEndpoints(settings).azure?.key ?? EMULATOR_KEY);
    case "AZURE_ENDPOINT":
      return settings.AZURE_ACCOUNT ? `https://${place.account}.dfs.core.windows.net` : place.endpoint;
    default:
      return undefined;
  }
}

function laptopValue(name: string, settings: Settings): string | undefined {
  if (!readEndpoints(settings).spark && settings.SPARK_REMOTE) return undefined;
  if (name === "LAKE_WAREHOUSE") return `file:${join(settings.LAPTOP_DIR, "warehouse", "lake")}`;
  if (name === "AZURE_CATALOG_URI") return `jdbc:sqlite:${join(settings.LAPTOP_DIR, "azure.db")}`;
  return undefined;
}
