const STEPS = 5;

/** The least figure of each step, in round figures: each step is as many times more than the one before. */
export function limitsOf(counts: readonly number[]): readonly number[] {
  if (counts.length === 0) return [];
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const times = (most / least) ** (1 / STEPS);
  const further = Array.from({ length: STEPS - 1 }, (_, i) => round(least * times ** (i + 1)));
  return [least, ...new Set(further.filter(limit => limit > least && limit <= most))];
}

/** In which step a count is, from 1. The last is always 5, so that a world of one figure is not pale. */
export function stepOf(count: number, limits: readonly number[]): number {
  return STEPS - limits.length + limits.filter(limit => count >= limit).length;
}

// Two digits, the second of them rounded to what a person remembers.
function round(figure: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(figure)) - 1);
  return Math.max(1, Math.round(figure / unit) * unit);
}
