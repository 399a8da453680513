/**
 * Every file-system call that submits, claims, finishes or archives a job passes here first. Tests set a crash point
 * and the process dies before that call, as it would when the power fails.
 */
export function failpoint(call: string): void {
  passed += 1;
  onPass?.(passed, call);
}

let passed = 0;
let onPass: ((number: number, call: string) => void) | undefined;

/** Watches the gate, for tests that end the process at a chosen call. */
export function watchFailpoints(watch: (number: number, call: string) => void): void {
  onPass = watch;
}
