/** How far something has come in a topic: by partition, the offset of the line that comes next. */
export type PartitionOffsets = Readonly<Record<string, number>>;

/** Reads offsets as Spark writes them, `{ "logs": { "0": 12 } }`, as text or not; none where there is nothing yet. */
export function offsetsOf(reported: unknown, topic: string): PartitionOffsets | undefined {
  const value: unknown = typeof reported === "string" && reported !== "" ? JSON.parse(reported) : reported;
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, Record<string, number>>)[topic];
}

/** How many lines lie between two places. A partition that `from` does not know was empty then. */
export function between(from: PartitionOffsets, to: PartitionOffsets): number {
  return Object.entries(to).reduce((sum, [partition, next]) => sum + Math.max(0, next - (from[partition] ?? 0)), 0);
}

/** Whether `one` has come as far as `other` in every partition. */
export function hasReached(one: PartitionOffsets, other: PartitionOffsets): boolean {
  return Object.entries(other).every(([partition, next]) => (one[partition] ?? 0) >= next);
}

/** The lesser of both in every partition of the first. */
export function lesser(one: PartitionOffsets, other: PartitionOffsets): PartitionOffsets {
  return Object.fromEntries(
    Object.entries(one).map(([partition, next]) => [partition, Math.min(next, other[partition] ?? 0)]),
  );
}

/** The start of every partition there is now: one that came later begins at its first line. */
export function startsOf(recorded: PartitionOffsets, now: PartitionOffsets): PartitionOffsets {
  return Object.fromEntries(Object.keys(now).map(partition => [partition, recorded[partition] ?? 0]));
}
