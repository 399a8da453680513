/** Gives what was answered before, or makes the answer. A `dear` one may be a little old. */
export type Remember = <T>(name: string, query: object, answer: () => T, dear?: "dear") => T;

const KEPT = 64;
const LONG = 20;
const REST = 30;

/**
 * Remembers answers as long as the version stands. A dear one, for which every job is looked at, is kept for thirty
 * times as long as it took even when jobs come in meanwhile: however many ask, it takes a thirtieth of the time at most.
 */
export function memory(version: () => number, now = () => performance.now()): Remember {
  const answers = new Map<string, { answer: unknown; version: number; until: number }>();
  return <T>(name: string, query: object, answer: () => T, dear?: "dear"): T => {
    const { limit: _limit, before: _before, after: _after, ...rest } = query as Record<string, unknown>;
    const key = `${name} ${JSON.stringify(Object.entries(rest).sort())}`;
    const started = now();
    const known = answers.get(key);
    const current = version();
    if (known && (known.version === current || started < known.until)) return known.answer as T;
    const made = answer();
    const took = now() - started;
    answers.delete(key);
    if (answers.size >= KEPT) answers.delete(answers.keys().next().value!);
    answers.set(key, { answer: made, version: current, until: dear && took > LONG ? now() + REST * took : 0 });
    return made;
  };
}
