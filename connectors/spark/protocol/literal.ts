import { SparkError } from "../errors.ts";
import type { Literal } from "./messages.ts";

/** An observed value as text; whole numbers and decimals in plain digits, an array as a JSON array of such texts. */
export function literalText(value: Literal): string | null {
  const kind = value.literal_type ?? "null";
  if (kind === "null") return null;
  if (kind === "decimal") return plainDecimal(value.decimal?.value ?? "");
  if (kind === "array") return JSON.stringify(value.array?.elements?.map(literalText) ?? []);
  const member = value[kind];
  if (typeof member === "object") throw new SparkError(`An observed ${kind} cannot be read: cast it to string.`);
  return String(member);
}

/** Java writes a decimal of many places with an exponent, "0E-18"; this gives its digits. */
export function plainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?E([+-]?\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point >= digits.length) return sign + digits.padEnd(point, "0");
  const padded = digits.padStart(digits.length - Math.min(0, point - 1), "0");
  const at = Math.max(1, point);
  return `${sign}${padded.slice(0, at)}.${padded.slice(at)}`;
}
