import { watchGate } from "../../files/gate.ts";

/**
 * Does something in this process as if it died before the call of that number: neither that call nor any later one
 * comes to pass. False if there are not so many calls.
 */
export function dieBefore(number: number, step: () => void): boolean {
  let passed = 0;
  watchGate(() => {
    passed += 1;
    if (passed >= number) throw new Error("The process is dead.");
  });
  try {
    step();
  } catch {
    // It is dead.
  } finally {
    watchGate(() => {});
  }
  return passed >= number;
}
