import { type Lane, LIGHT_SLOTS } from "../../core/jobs/states.ts";
import type { Claimed } from "../queue/claim.ts";
import type { EndReason, Following } from "./follow.ts";
import { createTargets, type Targets } from "./targets.ts";

/** The jobs in hand, the slots they take and the targets they write. */
export interface Slots {
  /** Takes a slot for a job until its work is done. Without `following` it has no engine, and is being finished. */
  hold(claimed: Claimed, targets: readonly string[], work: () => Promise<void>, following?: Following): void;
  /** Ends the engine of a job, where it has one; false if the job is not in hand. */
  end(id: string, reason: EndReason): boolean;
  endAll(reason: EndReason): void;
  /** Leaves all engines to the next worker, or kills them at once. */
  leaveAll(engine?: "running" | "killed"): void;
  /** Resolves when the work on all jobs that are in hand now is done. */
  done(): Promise<void>;
  jobs(): Claimed[];
  isFree(lane: Lane): boolean;
  written: Targets;
}

interface Held {
  claimed: Claimed;
  following: Following | undefined;
  done: Promise<void>;
}

/** All slots are free. A job found at the start takes its slot even where there is none left. */
export function createSlots(copySlots: number, onFree: () => void): Slots {
  const free: Record<Lane, number> = { copy: copySlots, light: LIGHT_SLOTS, stream: Number.POSITIVE_INFINITY };
  const held = new Map<string, Held>();
  const written = createTargets();

  return {
    written,
    hold(claimed, targets, work, following) {
      const { claim, type } = claimed;
      free[type.lane] -= 1;
      written.add(targets);
      const done = work().then(() => {
        held.delete(claim.id);
        free[type.lane] += 1;
        written.remove(targets);
        onFree();
      });
      held.set(claim.id, { claimed, following, done });
    },
    end(id, reason) {
      held.get(id)?.following?.end(reason);
      return held.has(id);
    },
    endAll(reason) {
      for (const { following } of held.values()) following?.end(reason);
    },
    leaveAll(engine) {
      for (const { following } of held.values()) following?.leave(engine);
    },
    async done() {
      await Promise.all([...held.values()].map(({ done }) => done));
    },
    jobs: () => [...held.values()].map(({ claimed }) => claimed),
    isFree: lane => free[lane] > 0,
  };
}
