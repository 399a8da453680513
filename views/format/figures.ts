/** A count with its thousands set apart: `1,204,331,002`. Takes 64-bit figures as strings. */
export function group(count: string | number | bigint): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number of bytes in the unit that reads best: `48.2 GB`. */
export function size(bytes: string | number | bigint): string {
  const digits = String(bytes);
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  const exponent = Math.min(Math.max(0, Math.floor((digits.length - 1) / 3)), units.length - 1);
  if (exponent === 0) return `${digits} B`;
  const value = Number(digits) / 1000 ** exponent;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[exponent]}`;
}

/** A count for a menu: `999`, `1.2K`, `34K`, `1.2M`, `4.1B`, `2.3T`. */
export function compactNumber(count: number): string {
  if (count < 1000) return String(count);
  const [limit, unit] = THOUSANDS.find(([limit]) => count < limit * 999.5) ?? THOUSANDS.at(-1)!;
  const value = count / limit;
  return `${value < 9.95 ? value.toFixed(1) : group(Math.round(value))}${unit}`;
}

const THOUSANDS = [
  [1e3, "K"],
  [1e6, "M"],
  [1e9, "B"],
  [1e12, "T"],
] as const;

/** `1 table`, `4 tables`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${group(count)} ${count === 1 ? one : many}`;
}

/** The sum of 64-bit figures that stand as strings; undefined where none is told. */
export function sum(figures: readonly (string | undefined)[]): string | undefined {
  const description = figures.filter(figure => figure !== undefined);
  return description.length === 0
    ? undefined
    : String(description.reduce((total, figure) => total + BigInt(figure), 0n));
}
