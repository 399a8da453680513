import type { Draft, Drafts } from "../engines/page.ts";

const MOST = 500;
const EMPTY: Draft = { names: new Set(), options: {} };

/** Drafts in memory: the ones that were touched longest ago go first. */
export function drafts(): Drafts {
  const kept = new Map<string, Draft>();
  const key = (person: string, page: string) => `${person} ${page}`;
  return {
    get: (person, page) => kept.get(key(person, page)) ?? EMPTY,
    set(person, page, draft) {
      kept.delete(key(person, page));
      if (draft) kept.set(key(person, page), draft);
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST) break;
        kept.delete(oldest);
      }
    },
  };
}
