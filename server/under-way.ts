import { readdirSync } from "node:fs";
import type { Layout } from "../files/layout.ts";
import { isId } from "../jobs/id.ts";

/** A job that waits or runs. */
export interface UnderWay {
  id: string;
  state: "queued" | "running";
}

/** The newest job of a type that waits or runs, by the names of the files alone: no more work than an `ls`. */
export function underWay({ queue, running }: Pick<Layout, "queue" | "running">, type: string): UnderWay | undefined {
  return newest(running, type, "running") ?? newest(queue, type, "queued");
}

function newest(folder: string, type: string, state: UnderWay["state"]): UnderWay | undefined {
  const names = readdirSync(folder).filter(name => name.includes(`Z-${type}-`) && name.endsWith(".json"));
  const ids = names.map(name => name.slice(0, -".json".length)).filter(isId);
  const id = ids.sort().at(-1);
  return id === undefined ? undefined : { id, state };
}
