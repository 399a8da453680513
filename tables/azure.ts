import { readEndpoints } from "../endpoints.ts";
import type { Settings } from "../settings.ts";

/** Where the Azure Blob storage of the target is, with its key. */
export interface AzureStorage {
  account: string;
  container: string;
  endpoint: string;
  key: string;
}

/** Published by Microsoft for its emulator, the same on every machine: it opens nothing but a laptop's own Azurite. */
export const EMULATOR_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** The Azure storage of the settings, else that of the laptop stack; undefined where neither is there. */
export function azureStorage(settings: Settings): AzureStorage | undefined {
  const { AZURE_ACCOUNT: account, AZURE_CONTAINER: container = "lake", AZURE_KEY: key } = settings;
  if (account)
    return key
      ? { account, container, key, endpoint: settings.AZURE_ENDPOINT ?? `https://${account}.blob.core.windows.net` }
      : undefined;
  const laptop = readEndpoints(settings).azure;
  return laptop && { ...laptop, key: key ?? EMULATOR_KEY };
}
