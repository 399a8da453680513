/** Seconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** The middle one of several figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Two or more ways of doing the same, by turns, so that what else goes on on the machine meets all of them alike. */
export async function byTurns<W extends string>(
  rounds: number,
  ways: Record<W, (round: number) => Promise<unknown>>,
): Promise<Record<W, number>> {
  const seconds = Object.fromEntries(Object.keys(ways).map(way => [way, []])) as unknown as Record<W, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const [way, work] of Object.entries(ways) as [W, (round: number) => Promise<unknown>][]) {
      const took = await timed(() => work(round));
      seconds[way].push(took);
      console.log(`  round ${round + 1}: ${way} ${took.toFixed(2)} s`);
    }
  }
  return Object.fromEntries(Object.entries(seconds).map(([way, all]) => [way, median(all as number[])])) as Record<
    W,
    number
  >;
}

/** Prints a figure with its goal, and says whether it was reached. */
export function judge(what: string, figure: number, goal: { atMost: number } | { atLeast: number }, unit = "x"): void {
  const reached = "atMost" in goal ? figure <= goal.atMost : figure >= goal.atLeast;
  const wanted = "atMost" in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
  console.log(`${what}: ${figure.toFixed(2)} ${unit} (goal: ${wanted}) ${reached ? "reached" : "MISSED"}`);
}
