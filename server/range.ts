/** The bytes that a `Range` header asks for, `to` not among them; all where it asks for none, or in a way that need not be understood. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { from: number; to: number } | "all" | "unsatisfiable" {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return "all";
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < from) return "all";
  return from >= size || to <= from ? "unsatisfiable" : { from, to };
}
