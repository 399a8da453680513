/** Names of targets, where `lake.sales.*` stands for everything below `lake.sales`. Spark knows no case in names. */
export interface Targets {
  add(names: readonly string[]): void;
  remove(names: readonly string[]): void;
  overlaps(names: readonly string[]): boolean;
}

/** A set of targets that answers at once, however many it holds. */
export function createTargets(): Targets {
  const exact = new Map<string, number>();
  const whole = new Map<string, number>();
  // Every prefix of a name in the set, to find out whether the `*` of another job covers it.
  const above = new Map<string, number>();

  return {
    add: names => change(names, 1),
    remove: names => change(names, -1),
    overlaps: names => names.some(overlapsOne),
  };

  function change(names: readonly string[], by: 1 | -1) {
    for (const name of names.map(lower)) {
      if (name.endsWith(".*")) count(whole, name.slice(0, -2), by);
      else count(exact, name, by);
      for (const prefix of prefixes(name)) count(above, prefix, by);
    }
  }

  function overlapsOne(given: string): boolean {
    const name = lower(given);
    if (name.endsWith(".*") && above.has(name.slice(0, -2))) return true;
    return exact.has(name) || prefixes(name).some(prefix => whole.has(prefix));
  }
}

function lower(name: string): string {
  return name.toLowerCase();
}

function prefixes(name: string): string[] {
  const parts = name.split(".");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("."));
}

function count(map: Map<string, number>, key: string, by: number): void {
  const now = (map.get(key) ?? 0) + by;
  if (now > 0) map.set(key, now);
  else map.delete(key);
}
