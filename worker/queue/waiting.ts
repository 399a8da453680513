import type { Lane } from "../../core/jobs/states.ts";
import { createTargets, type Targets } from "../engine/targets.ts";
import type { Candidate } from "./candidate.ts";

/** The jobs that wait, in the order in which they start. */
export interface Waiting {
  add(candidate: Candidate): void;
  remove(name: string): void;
  get(name: string): Candidate | undefined;
  byId(id: string): Candidate | undefined;
  names(): string[];
  size(): number;
  /** When the first of those that wait for another attempt may go on. */
  nextDue(now: number): number | undefined;
  /** The first job whose lane has a free slot and whose targets nobody writes. */
  next(isFree: (lane: Lane) => boolean, written: Targets, now: number): Candidate | undefined;
}

/** An empty list. Priority first, then the time of submission, then the name. */
export function createWaiting(): Waiting {
  const byName = new Map<string, Candidate>();
  const ids = new Map<string, Candidate>();
  const delayed = new Set<Candidate>();
  const lanes: Record<Lane, number> = { copy: 0, light: 0, stream: 0 };
  let order: Candidate[] = [];
  let sorted = true;

  return {
    add,
    remove,
    get: name => byName.get(name),
    byId: id => ids.get(id),
    names: () => [...byName.keys()],
    size: () => byName.size,
    nextDue: now => {
      const later = [...delayed].map(candidate => candidate.notBefore).filter(time => time > now);
      return later.length > 0 ? Math.min(...later) : undefined;
    },
    next,
  };

  function add(candidate: Candidate) {
    remove(candidate.name);
    byName.set(candidate.name, candidate);
    if (candidate.id) ids.set(candidate.id, candidate);
    if (candidate.notBefore > 0) delayed.add(candidate);
    lanes[candidate.type.lane] += 1;
    order.push(candidate);
    sorted = false;
  }

  function remove(name: string) {
    const candidate = byName.get(name);
    if (!candidate) return;
    byName.delete(name);
    if (candidate.id) ids.delete(candidate.id);
    delayed.delete(candidate);
    lanes[candidate.type.lane] -= 1;
    // Mostly it is the first: then nothing has to be searched.
    order.splice(order[0] === candidate ? 0 : order.indexOf(candidate), 1);
  }

  function next(isFree: (lane: Lane) => boolean, written: Targets, now: number): Candidate | undefined {
    const open = (Object.keys(lanes) as Lane[]).filter(lane => lanes[lane] > 0 && isFree(lane));
    if (open.length === 0) return undefined;
    if (!sorted) order = order.toSorted(byTurn);
    sorted = true;
    // A job that cannot start yet reserves its targets. No later job overtakes it there, so none starves.
    const reserved = createTargets();
    for (const candidate of order) {
      const { targets, notBefore } = candidate;
      // One that waits for another attempt too: older rows must not be written over newer ones.
      const blocked = notBefore > now || written.overlaps(targets) || reserved.overlaps(targets);
      if (!blocked && open.includes(candidate.type.lane)) return candidate;
      reserved.add(targets);
    }
    return undefined;
  }
}

function byTurn(a: Candidate, b: Candidate): number {
  return b.priority - a.priority || compare(a.origin.submittedAt, b.origin.submittedAt) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
