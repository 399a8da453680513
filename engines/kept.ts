import type { Portal } from "./page.ts";

const MOST = 200;
const all = new WeakMap<Portal, Map<string, Promise<unknown>>>();

/** Keeps an answer that never changes: what it is about names a snapshot. One that failed is asked again. */
export function kept<T>(portal: Portal, about: unknown, ask: () => Promise<T>): Promise<T> {
  const answers = all.get(portal) ?? new Map<string, Promise<unknown>>();
  all.set(portal, answers);
  const key = JSON.stringify(about);
  const known = answers.get(key) as Promise<T> | undefined;
  if (known) return known;
  const asked = ask();
  answers.set(key, asked);
  asked.catch(() => answers.delete(key));
  const [oldest] = answers.keys();
  if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
  return asked;
}
