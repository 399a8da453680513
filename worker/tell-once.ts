import type { Log } from "./print.ts";

/** Does something that may fail again and again, and says why not only once, until it succeeds or fails otherwise. */
export function tellOnce(log: Log): (about: string, step: () => void) => void {
  const told = new Map<string, string>();
  return (about, step) => {
    try {
      step();
      told.delete(about);
    } catch (error) {
      const { message } = error as Error;
      if (told.get(about) !== message) log.warn(`${about}: ${message}`);
      told.set(about, message);
    }
  };
}
