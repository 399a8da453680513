import type { Endpoint } from "../core/endpoints.ts";
import { endProcess } from "../core/system/end-process.ts";
import { isAlive } from "../core/system/process-identity.ts";
import { answers } from "./ports.ts";

/** What became of a service that services.json names: another's to use, now ours to end, or not there. */
export type StackState = "use" | "own" | "gone";

/**
 * Judges a recorded service. One whose owner lives is used and never touched. One that was left behind is taken over
 * if it answers and would be started the same way today, else ended. A pid that another process got since is left alone.
 */
export async function adopt(service: Endpoint | undefined, launch: string): Promise<StackState> {
  if (!service || !isAlive(service)) return "gone";
  const answering = await answers(portOf(service));
  if (isAlive(service.owner)) {
    if (answering) return "use";
    throw new Error(
      `${service.url.replace(/\/;.*/, "")} of the laptop stack does not answer, and process ${service.owner.pid}, which started it, still runs: end that one (Ctrl-C there), then start again.`,
    );
  }
  if (answering && service.launch === launch) return "own";
  await endProcess(service);
  return "gone";
}

/** The port of a recorded service. */
export function portOf(service: Pick<Endpoint, "url">): number {
  return Number(/:(\d+)/.exec(service.url.replace(/^\w+:\/\//, ""))?.[1]);
}
