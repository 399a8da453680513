const PART = 1_000_000_000n;

/** A sum of 64-bit figures in two parts, each of which SQLite can add up over a whole archive. */
export function split(sum: bigint): { high: bigint; low: bigint } {
  return { high: sum / PART, low: sum % PART };
}

/** The sum of added parts, as a decimal string. */
export function join(high: bigint, low: bigint): string {
  return String(high * PART + low);
}

/** The sum of those figures that are told; undefined where none is, which is not the same as 0. */
export function sumOf(figures: readonly (string | undefined)[]): bigint | undefined {
  const told = figures.filter(figure => figure !== undefined);
  return told.length === 0 ? undefined : told.reduce((sum, figure) => sum + BigInt(figure), 0n);
}
