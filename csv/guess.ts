/** The narrowest type that all values of a sample have, as a job names it; empty values tell nothing. */
export function guessType(values: readonly string[]): string {
  const told = values.filter(value => value !== "");
  if (told.length === 0) return "string";
  const all = (test: (value: string) => boolean) => told.every(test);
  if (all(value => /^(true|false)$/i.test(value))) return "boolean";
  // A number with a zero before it is a code, not a number.
  if (all(value => /^-?(0|[1-9]\d{0,17})$/.test(value)))
    return all(value => Math.abs(Number(value)) < 2 ** 31) ? "int" : "bigint";
  if (all(value => /^-?(0|[1-9]\d{0,17})(\.\d{1,9})?$/.test(value))) {
    const scale = Math.max(...told.map(value => value.split(".")[1]?.length ?? 0));
    return `decimal(${Math.min(38, 18 + scale)},${scale})`;
  }
  if (all(value => /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) && !/^-?0\d/.test(value))) return "double";
  if (all(value => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)))) return "date";
  if (all(value => /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(value)))
    return "timestamp";
  return "string";
}
