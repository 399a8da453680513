// What a timer can count; a longer one would fire at once.
const LONGEST = 2 ** 31 - 1;

/** Calls `action` after so many milliseconds, however many. Keeps no process alive. */
export function after(milliseconds: number, action: () => void): { cancel(): void } {
  const due = Date.now() + milliseconds;
  let timer: NodeJS.Timeout;
  arm();
  return { cancel: () => clearTimeout(timer) };

  function arm() {
    const left = due - Date.now();
    timer = left > LONGEST ? setTimeout(arm, LONGEST) : setTimeout(action, Math.max(0, left));
    timer.unref();
  }
}
