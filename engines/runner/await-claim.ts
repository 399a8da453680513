import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { engines } from "../list.ts";

/**
 * What a warm engine does: loads what most engines need and waits for lines on its input. `prepare <type>` loads what that type
 * needs; `claim <claim file>` ends the wait. Returns the file, or undefined if the input ends (as it does when the worker ends)
 * or the signal aborts.
 */
export async function awaitClaim(input: Readable, signal: AbortSignal): Promise<string | undefined> {
  load(() => import("../../connectors/iceberg/session.ts"));
  for await (const line of createInterface({ input, signal })) {
    const [word, rest = ""] = line.split(/ (.*)/s);
    if (word === "claim") return rest;
    if (word === "prepare") load(async () => await (await engines[rest]?.load())?.ready?.());
  }
  return undefined;
}

// An error is ignored here: the same import is repeated, and reported, when the engine needs it.
function load(what: () => Promise<unknown>): void {
  what().catch(() => {});
}
