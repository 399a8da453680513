import { after } from "./engine/terminate.ts";

/** What makes the worker look at its queue: soon after a call of `wake`, at a known time, and every few seconds. */
export interface WakeUp {
  wake(): void;
  wakeAt(time: number | undefined): void;
  stop(): Promise<void>;
}

// The pause after a long scan, so that other work gets processor time, is at most this long: a job may have arrived meanwhile.
const LONGEST_REST = 500;

/** Calls `look` one at a time; wake-ups that come together are one. A look that takes long leaves time for others. */
export function createWakeUp(
  look: () => Promise<void>,
  { scanEvery, wakeAfter }: { scanEvery: number; wakeAfter: number },
  onError: (error: Error) => void,
): WakeUp {
  let timer: NodeJS.Timeout | undefined;
  let due: { cancel(): void } | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let took = 0;
  const every = setInterval(wake, scanEvery);
  return { wake, wakeAt, stop };

  function wake() {
    if (stopped || timer) return;
    if (looking) again = true;
    else timer = setTimeout(start, Math.max(wakeAfter, Math.min(3 * took, LONGEST_REST)));
  }

  function wakeAt(time: number | undefined) {
    due?.cancel();
    due = time === undefined ? undefined : after(time - Date.now(), wake);
  }

  function start() {
    timer = undefined;
    const began = performance.now();
    looking = look()
      .catch(onError)
      .finally(() => {
        took = performance.now() - began;
        looking = undefined;
        if (again) wake();
        again = false;
      });
  }

  async function stop() {
    stopped = true;
    clearInterval(every);
    clearTimeout(timer);
    due?.cancel();
    await looking;
  }
}
