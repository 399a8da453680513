/**
 * Calls `stop` at Ctrl-C, TERM or a closed terminal, and once more, with `again`, at a second one. npm passes Ctrl-C on
 * to a process that got it from the terminal already: two within a second count as one.
 */
export function onStopSignal(stop: (again: boolean) => Promise<void>): void {
  let first = 0;
  const take = () => {
    const now = Date.now();
    if (first !== 0 && now - first < 1000) return;
    const again = first !== 0;
    first ||= now;
    void stop(again);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, take);
  // A closed terminal takes no more text; that must not end us before the services have ended.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}
