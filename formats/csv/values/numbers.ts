/** How numbers are written. */
export interface NumberMarks {
  decimal?: "." | "," | undefined;
  thousands?: string | undefined;
}

/** The signs that are known to stand between groups of three digits. */
export const THOUSANDS = [".", ",", " ", "'", "\u2019", "\u00a0", "\u202f", "_"] as const;

/** A number as people write it turned into one with a point and without marks; undefined where it is none. */
export function plainNumber(text: string, { decimal = ".", thousands }: NumberMarks): string | undefined {
  if (!thousands && decimal === ".") return text;
  const at = text.indexOf(decimal);
  const whole = at < 0 ? text : text.slice(0, at);
  const rest = at < 0 ? "" : text.slice(at + 1);
  if (/\D/.test(rest) || (at >= 0 && rest === "")) return undefined;
  const digits = thousands ? ungrouped(whole, thousands) : whole;
  if (digits === undefined || !/^-?\d+$/.test(digits)) return undefined;
  return at < 0 ? digits : `${digits}.${rest}`;
}

function ungrouped(whole: string, mark: string): string | undefined {
  if (!whole.includes(mark)) return whole;
  const [first = "", ...groups] = whole.split(mark);
  const good = /^-?\d{1,3}$/.test(first) && groups.every(group => /^\d{3}$/.test(group));
  return good ? first + groups.join("") : undefined;
}

/** The opposite: a plain number as people write it. */
export function markedNumber(plain: string, { decimal = ".", thousands }: NumberMarks): string {
  const [whole = "", rest] = plain.split(".");
  const grouped = thousands ? whole.replace(/\d(?=(\d{3})+$)/g, `$&${thousands}`) : whole;
  return rest === undefined ? grouped : `${grouped}${decimal}${rest}`;
}

/** Whether a plain whole number is written as Spark would write it, and is within a type of so many bits. */
export function isWholeNumber(text: string, bits: 32 | 64): boolean {
  if (text.length > 20 || !/^(0|-?[1-9]\d*)$/.test(text)) return false;
  if (text.length < 10) return true;
  const value = BigInt(text);
  return value === BigInt.asIntN(bits, value);
}

/** Why a plain number is no decimal(precision,scale), in words that follow its text; undefined where it is one. */
export function notDecimal(text: string, precision: number, scale: number): string | undefined {
  const [, whole = "", places = ""] = /^-?(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text) ?? [];
  const type = `decimal(${precision},${scale})`;
  if (whole === "" || /^-[0.]*$/.test(text)) return `is no ${type}`;
  if (places.length > scale) return `has more than ${scale} places`;
  return whole !== "0" && whole.length > precision - scale ? `is no ${type}` : undefined;
}

/** Whether a plain number keeps all its digits as a binary one. */
export function isBinary(text: string, single: boolean): boolean {
  const [, whole = "", places = ""] = /^-?(0|[1-9]\d*)(?:\.(\d+))?(?:[eE][+-]?\d{1,3})?$/.exec(text) ?? [];
  if (whole === "") return false;
  const value = single ? Math.fround(Number(text)) : Number(text);
  if (!Number.isFinite(value)) return false;
  const digits = (whole + places).replace(/^0+/, "");
  if (digits.length <= (single ? 6 : 15)) return value !== 0 || /^0*$/.test(digits);
  if (digits.length > 100) return false;
  return sameNumber(value.toPrecision(digits.length), text);
}

function sameNumber(a: string, b: string): boolean {
  const normal = (text: string) => {
    const [, sign = "", whole = "", places = "", power = "0"] =
      /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
    const all = (whole + places).replace(/^0+/, "");
    const digits = all.replace(/0+$/, "");
    return `${sign}${digits}e${Number(power) - places.length + all.length - digits.length}`;
  };
  return normal(a) === normal(b);
}
