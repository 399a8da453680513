/** A 128-bit decimal, four 32-bit words from the lowest, as digits with its scale. */
export function decimalText(words: ArrayLike<number>, scale: number): string {
  let bits = 0n;
  for (let word = 3; word >= 0; word--) bits = (bits << 32n) | BigInt((words[word] ?? 0) >>> 0);
  const unscaled = BigInt.asIntN(128, bits);
  const sign = unscaled < 0n ? "-" : "";
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  return scale > 0 ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}` : sign + digits;
}

/** Days since 1970 as 2026-11-23. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().split("T")[0] ?? "";
}

/** Microseconds since 1970 as 2026-11-23T09:45:12.123456, with a Z where they are an instant. */
export function timestampText(microseconds: bigint, instant: boolean): string {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = Number((microseconds - fraction) / 1_000_000n);
  const text = new Date(seconds * 1000).toISOString().replace(".000Z", "");
  return `${text}${fractionText(fraction)}${instant ? "Z" : ""}`;
}

function fractionText(fraction: bigint): string {
  return fraction === 0n ? "" : `.${fraction.toString().padStart(6, "0").replace(/0+$/, "")}`;
}

/**
 * A number as every engine could have written it: no sign of plus, no needless zeros, no exponent; `-0` is 0. Other texts
 * stay what they are.
 */
export function numberText(text: string): string {
  const match = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:E([+-]?\d{1,4}))?$/i.exec(text);
  if (!match) return text;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const before = digits.slice(0, Math.max(0, point)).padEnd(point, "0").replace(/^0+/, "") || "0";
  const after = (point < 0 ? "0".repeat(-point) : "") + digits.slice(Math.max(0, point));
  const plain = `${before}.${after}`.replace(/\.?0*$/, "");
  return sign === "-" && plain !== "0" ? `-${plain}` : plain;
}
