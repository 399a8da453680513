import { setTimeout as pause } from "node:timers/promises";

/** What was found out last, and whether a newer answer is on its way. */
export interface Lately<T> {
  value?: T;
  error?: unknown;
  isPending: boolean;
}

interface Kept {
  value?: unknown;
  error?: unknown;
  asking?: Promise<void>;
  /** When it may be asked again, and since when it is what it is. */
  notBefore: number;
  at: number;
}

const MOST = 100;
const LEAST_PAUSE = 1_500;
const OLD = 20_000;

/**
 * Keeps answers that grow old, by key. Whoever asks gets what is known, at most so many milliseconds later; the work goes
 * on behind. What took long is asked seldom, so that looking never takes more than a third of what is looked at.
 */
export function lately(): <T>(key: string, patience: number, ask: () => Promise<T>) => Promise<Lately<T>> {
  const all = new Map<string, Kept>();
  return async (key, patience, ask) => {
    const known: Kept = all.get(key) ?? { notBefore: 0, at: 0 };
    all.delete(key);
    all.set(key, known);
    const [oldest] = all.keys();
    if (all.size > MOST && oldest !== undefined) all.delete(oldest);
    if (!known.asking && Date.now() >= known.notBefore) begin(known, ask);
    // Something that is a little old is better than a page that waits.
    const isOld = Date.now() - known.at > OLD;
    if (known.asking && isOld) await Promise.race([known.asking, pause(patience, undefined, { ref: false })]);
    const { value, error } = known as { value?: Awaited<ReturnType<typeof ask>>; error?: unknown };
    return { ...(value !== undefined && { value }), ...(error !== undefined && { error }), isPending: !!known.asking };
  };
}

function begin(known: Kept, ask: () => Promise<unknown>): void {
  const began = Date.now();
  const end = () => {
    delete known.asking;
    known.notBefore = Date.now() + Math.max(LEAST_PAUSE, 2 * (Date.now() - began));
  };
  known.asking = ask().then(
    value => {
      known.value = value;
      known.at = Date.now();
      delete known.error;
      end();
    },
    error => {
      known.error = error;
      end();
    },
  );
}
