import type { Lane } from "../jobs/states.ts";
import type { Claimed } from "./claim.ts";
import type { Following } from "./follow.ts";
import { createTargets, type Targets } from "./targets.ts";

/** A job that this worker has in hand; without `following` it has no engine, and is being finished. */
export interface Entry {
  claimed: Claimed;
  following?: Following;
}

/** The jobs in hand, the slots they take and the targets they write. */
export interface Running {
  add(entry: Entry, targets: readonly string[]): void;
  remove(id: string): void;
  get(id: string): Entry | undefined;
  entries(): Entry[];
  isFree(lane: Lane): boolean;
  written: Targets;
}

/** How many light jobs run at once. */
export const LIGHT_SLOTS = 4;

/** None so far. A job found at the start takes its slot even where there is none left. */
export function createRunning(copySlots: number): Running {
  const slots: Record<Lane, number> = { copy: copySlots, light: LIGHT_SLOTS, stream: Number.POSITIVE_INFINITY };
  const entries = new Map<string, { entry: Entry; targets: readonly string[] }>();
  const written = createTargets();

  return {
    written,
    add(entry, targets) {
      entries.set(entry.claimed.claim.id, { entry, targets });
      slots[entry.claimed.type.lane] -= 1;
      written.add(targets);
    },
    remove(id) {
      const held = entries.get(id);
      if (!held) return;
      entries.delete(id);
      slots[held.entry.claimed.type.lane] += 1;
      written.remove(held.targets);
    },
    get: id => entries.get(id)?.entry,
    entries: () => [...entries.values()].map(({ entry }) => entry),
    isFree: lane => slots[lane] > 0,
  };
}
