import { setTimeout as pause } from "node:timers/promises";
import type { Settings } from "../../core/settings.ts";
import { readCatalogs } from "../iceberg/catalogs.ts";
import type { Session } from "../spark/session.ts";
import { azureStorage } from "./azure.ts";
import { StorageUnavailable } from "./errors.ts";

/** How often the storage is asked, how long it may be silent, and how long Spark may take to stop; milliseconds. */
interface StoragePatience {
  every: number;
  answer: number;
  silent: number;
  stop: number;
}

/**
 * Does work whose statements read or write Azure. Iceberg asks a storage that is gone for ten minutes and can't be told
 * otherwise: here its statements are interrupted, and a StorageUnavailable is thrown, as soon as it has been silent for long.
 */
export async function whileAzureAnswers<T>(
  session: Session,
  settings: Settings,
  catalogs: readonly string[],
  work: () => Promise<T>,
  patience = patienceOf(settings),
): Promise<T> {
  const storage = azureStorage(settings);
  if (!storage || !catalogs.some(isOnAzure)) return await work();
  const done = new AbortController();
  const given = Promise.withResolvers<never>();
  given.promise.catch(() => {});
  let unavailable: StorageUnavailable | undefined;
  const watching = silence(storage.endpoint, patience, done.signal).then(async found => {
    unavailable = found;
    const until = Date.now() + patience.stop;
    // What clears up after the first failure would wait for the storage as well.
    while (found && !done.signal.aborted) {
      await session.interrupt().catch(() => []);
      if (Date.now() > until) given.reject(found);
      await pause(500);
    }
  });
  try {
    const result = await Promise.race([work(), given.promise]);
    // Whoever takes a failed statement for a table's fault would not have come to this result.
    if (unavailable) throw unavailable;
    return result;
  } catch (error) {
    throw unavailable ?? error;
  } finally {
    done.abort();
    await watching;
  }
}

function patienceOf({ AZURE_ANSWER_SECONDS }: Settings): StoragePatience {
  const silent = AZURE_ANSWER_SECONDS * 1000;
  return { every: Math.min(2_000, silent / 2), answer: 10_000, silent, stop: 15_000 };
}

function isOnAzure(catalog: string): boolean {
  const spark = readCatalogs()[catalog]?.spark;
  return spark !== undefined && spark !== "server" && /^abfss?:/.test(spark.warehouse ?? "");
}

// Any answer is one, also a refusal. Gives nothing once the work is done.
async function silence(
  endpoint: string,
  { every, answer, silent }: StoragePatience,
  done: AbortSignal,
): Promise<StorageUnavailable | undefined> {
  let last = Date.now();
  while (!done.aborted) {
    await pause(every, undefined, { signal: done, ref: false }).catch(() => {});
    if (done.aborted) break;
    try {
      const { body } = await fetch(endpoint, {
        method: "HEAD",
        signal: AbortSignal.any([done, AbortSignal.timeout(answer)]),
      });
      await body?.cancel();
      last = Date.now();
    } catch (error) {
      if (!done.aborted && Date.now() - last > silent) return new StorageUnavailable(endpoint, reason(error));
    }
  }
  return undefined;
}

function reason(error: unknown): string {
  const { cause, message } = error as Error;
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
}
