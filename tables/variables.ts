import { join } from "node:path";
import { metastoreUri, readEndpoints } from "../endpoints.ts";
import type { Settings } from "../settings.ts";
import { azureStorage } from "./azure.ts";

/** What `${NAME}` in `catalogs.json` stands for: a setting, what the laptop stack offers instead, or the environment. */
export function variableOf(name: string, settings: Settings): string | undefined {
  const set = (settings as Record<string, unknown>)[name];
  if (typeof set === "string") return set;
  if (name === "HIVE_METASTORE_URI") return metastoreUri(settings);
  return azureValue(name, settings) ?? laptopValue(name, settings) ?? process.env[name];
}

function azureValue(name: string, settings: Settings): string | undefined {
  const storage = azureStorage(settings);
  if (!storage) return undefined;
  switch (name) {
    case "AZURE_ACCOUNT":
      return storage.account;
    case "AZURE_CONTAINER":
      return storage.container;
    case "AZURE_KEY":
      return storage.key;
    case "AZURE_ENDPOINT":
      return settings.AZURE_ACCOUNT ? `https://${storage.account}.dfs.core.windows.net` : storage.endpoint;
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
