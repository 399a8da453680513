/** Takes the time of one part after the other, in seconds; a part that comes again is added to. */
export interface Stopwatch {
  <T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Ends the part that runs and begins another, if one is named. */
  next(name?: string): void;
  timings: Record<string, number>;
}

/** A stopwatch that says what begins. */
export function stopwatch(begins: (name: string) => void): Stopwatch {
  const timings: Record<string, number> = {};
  let running: { name: string; from: number } | undefined;
  const next = (name?: string) => {
    if (running?.name === name) return;
    if (running) {
      const seconds = (performance.now() - running.from) / 1000;
      timings[running.name] = Math.round(((timings[running.name] ?? 0) + seconds) * 1000) / 1000;
    }
    running = name === undefined ? undefined : { name, from: performance.now() };
  };
  const during = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    begins(name);
    next(name);
    try {
      return await work();
    } finally {
      next();
    }
  };
  return Object.assign(during, { next, timings });
}
