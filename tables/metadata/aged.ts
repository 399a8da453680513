import { setTimeout as sleep } from "node:timers/promises";
import { sentenceOf } from "./says.ts";

/** A list with the time at which it was true (ISO, UTC). `pending`: ask again soon, a newer one is on its way. */
export interface Listed<T> {
  items: T[];
  at: string;
  pending: boolean;
  error?: string;
}

/** Lists that are kept for a while. */
export interface AgedLists {
  /** What is known, once it is fresh or the patience is over; the work goes on behind. Never throws. */
  get(key: string, ask: () => Promise<string[]>): Promise<Listed<string>>;
  forget(key: string): void;
}

/** How long lists stay fresh and how long a caller is made to wait, in milliseconds. `isAway`: it is worth asking again. */
export interface Ageing {
  maxAge: number;
  within: number;
  isAway(error: unknown): boolean;
}

interface Kept {
  items: string[];
  at: number;
  freshUntil: number;
  failed?: { error: string; away: boolean };
}

const FAILED_FOR = 5_000;
const AWAY_FOR = 500;
// Keys come from URLs: what nobody asks for any more must not stay for ever.
const AT_MOST = 500;

/** Lists by key, each asked once however many wait for it. */
export function agedLists({ maxAge, within, isAway }: Ageing): AgedLists {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<void>>();

  const keep = (key: string, own: Promise<void>, entry: Kept) => {
    if (asking.get(key) !== own) return; // forgotten meanwhile
    asking.delete(key);
    kept.delete(key);
    kept.set(key, entry);
    const [oldest] = kept.keys();
    if (kept.size > AT_MOST && oldest !== undefined) kept.delete(oldest);
  };
  const begin = (key: string, ask: () => Promise<string[]>): Promise<void> => {
    const own: Promise<void> = ask().then(
      items => keep(key, own, { items, at: Date.now(), freshUntil: Date.now() + maxAge }),
      error => {
        const { items = [], at = Date.now() } = kept.get(key) ?? {};
        const away = isAway(error);
        const freshUntil = Date.now() + (away ? AWAY_FOR : FAILED_FOR);
        keep(key, own, { items, at, freshUntil, failed: { error: sentenceOf(error), away } });
      },
    );
    asking.set(key, own);
    return own;
  };
  return {
    async get(key, ask) {
      const known = kept.get(key);
      if (!known || known.freshUntil <= Date.now()) {
        await Promise.race([asking.get(key) ?? begin(key, ask), sleep(within, undefined, { ref: false })]);
      }
      const { items, at, failed } = kept.get(key) ?? { items: [], at: Date.now() };
      return {
        items,
        at: new Date(at).toISOString(),
        pending: asking.has(key) || failed?.away === true,
        ...(failed && { error: failed.error }),
      };
    },
    forget(key) {
      kept.delete(key);
      asking.delete(key);
    },
  };
}
