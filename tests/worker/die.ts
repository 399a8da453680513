import { watchFailpoints } from "../../core/system/failpoint.ts";

/**
 * Does something in this process as if it died before the call of that number: neither that call nor any later one
 * comes to pass. False if there are not so many calls.
 */
export function dieBefore(number: number, step: () => void): boolean {
  let passed = 0;
  watchFailpoints(() => {
    passed += 1;
    if (passed >= number) throw new Error("The process is dead.");
  });
  try {
    step();
  } catch {
    // It is dead.
  } finally {
    watchFailpoints(() => {});
  }
  return passed >= number;
}
