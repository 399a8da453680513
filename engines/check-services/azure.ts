import { setImmediate as othersFirst } from "node:timers/promises";
import { type AzureRefusal, type AzureStorage, azureClient, azureStorage } from "../../connectors/azure/azure.ts";
import type { Settings } from "../../core/settings.ts";
import { type Check, Fault, NothingThere } from "./service-check.ts";

/** Looks at the Azure container from here, with the key; Spark reaches it by a way of its own. */
export function azureCheck(settings: Settings): Check {
  return { name: "azure", run: signal => run(settings, signal) };
}

async function run(settings: Settings, signal: AbortSignal): Promise<string[]> {
  const storage = azureStorage(settings);
  if (!storage) throw new NothingThere(missing(settings));
  const { account, container, endpoint } = storage;
  // Loading a driver holds everything else up for a moment: who can answer at once does so first.
  await othersFirst();
  // Once: whoever asks for a check wants to hear of the first refusal.
  const client = await azureClient(storage, { retryOptions: { maxTries: 1 } });
  const there = `container ${container} of account ${account} at ${new URL(endpoint).host}`;
  try {
    await client.getContainerClient(container).listBlobsFlat({ abortSignal: signal }).byPage({ maxPageSize: 1 }).next();
    return [`${there} is readable`];
  } catch (error) {
    const refused = error as AzureRefusal;
    if (refused.statusCode === 404) return [`${there} is not there yet: the first table that is copied makes it`];
    throw faultOf(refused, storage);
  }
}

function missing({ AZURE_ACCOUNT }: Settings): string {
  return AZURE_ACCOUNT
    ? "AZURE_KEY is not set, so only Spark can reach the container: see the catalog."
    : "No Azure is set or started: run `npm run laptop`, or write AZURE_ACCOUNT=… into .env.";
}

function faultOf({ statusCode, code, message }: AzureRefusal, { account, container, endpoint }: AzureStorage): Fault {
  if (statusCode === undefined)
    return new Fault(
      `Azure Blob at ${new URL(endpoint).host} does not answer (${code ?? message}).`,
      "Start it, or correct AZURE_ACCOUNT or AZURE_ENDPOINT in .env.",
    );
  const answer = `${statusCode}${code ? ` ${code}` : ""}`;
  if (statusCode === 401 || statusCode === 403)
    return new Fault(
      `Azure refused the key of account ${account} for container ${container} (${answer}).`,
      "Correct AZURE_KEY in .env, or give its owner the right to read and write there.",
    );
  return new Fault(
    `Azure answered ${answer} for container ${container} of account ${account}.`,
    "Look at the account.",
  );
}
