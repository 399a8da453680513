const LABEL = 26;

/** One aligned line of a start: what, where, and a remark. */
export function line(label: string, value: string, remark = ""): void {
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
export function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\n\tat [\s\S]*/, "");
}
