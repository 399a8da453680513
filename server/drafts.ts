import type { Drafts } from "../engines/page.ts";

const MOST = 500;

/** Drafts in memory: the ones that were touched longest ago go first. */
export function drafts(): Drafts {
  const kept = new Map<string, ReadonlySet<string>>();
  const none: ReadonlySet<string> = new Set();
  const key = (person: string, page: string) => `${person} ${page}`;
  return {
    get: (person, page) => kept.get(key(person, page)) ?? none,
    set(person, page, names) {
      kept.delete(key(person, page));
      const set = new Set(names);
      if (set.size > 0) kept.set(key(person, page), set);
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST) break;
        kept.delete(oldest);
      }
    },
  };
}
