import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { engines } from "./list.ts";

/**
 * Waits for the line `claim <claim file>`, and has loaded by then what most engines need, and for `prepare <type>` what that
 * one needs. Gives the file; undefined if the input ends before, as it does with the worker.
 */
export async function awaitClaim(input: Readable): Promise<string | undefined> {
  load(() => import("../tables/session.ts"));
  for await (const line of createInterface({ input })) {
    const [word, rest = ""] = line.split(/ (.*)/s);
    if (word === "claim") return rest;
    if (word === "prepare") load(async () => await (await engines[rest]?.load())?.ready?.());
  }
  return undefined;
}

// Only ahead of time: whatever is wrong with it is told when it is needed.
function load(what: () => Promise<unknown>): void {
  what().catch(() => {});
}
