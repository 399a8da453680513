const LABEL = 26;

/** One aligned line of a start: what, where, and a remark. */
export function screenLine(label: string, value: string, remark = ""): void {
  console.log(`  ${label.padEnd(LABEL)}${remark ? `${value.padEnd(32)}  ${remark}` : value}`);
}

/** Shows on a terminal that something is going on, and for how long. Lines printed meanwhile stay above it. */
export async function during<T>(what: string, work: Promise<T>): Promise<T> {
  if (!process.stdout.isTTY) return work;
  const began = Date.now();
  const draw = () => process.stdout.write(`\r  ${what} … ${Math.round((Date.now() - began) / 1000)} s\x1b[K\r`);
  const timer = setInterval(draw, 250);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    process.stdout.write("\x1b[K");
  }
}

/** `4.2 s` */
export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** What a failure says to a person: its words, without the Java stack that came with them. */
export function errorMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\n\tat [\s\S]*/, "");
}

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
