import { type DatePattern, datePattern, knownPatterns } from "./dates.ts";
import { isBinary, isWholeNumber, markedNumber, type NumberMarks, plainNumber, THOUSANDS } from "./numbers.ts";
import type { ValueFormat } from "./read-value.ts";

/** The type that a column is offered, how its values are written, and what a person should know of it. */
export interface Offer extends ValueFormat {
  type: string;
  hint?: string;
}

/** Words that stand where a value is missing. */
const NULL_WORDS = new Set([
  "NULL",
  "null",
  "Null",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "NaN",
  "nan",
  "None",
  "none",
  "nil",
  "\\N",
  "-",
  "--",
  "?",
  ".",
]);

/** What is known of the whole file. */
export interface Surroundings {
  delimiter: string;
  /** The decimal mark that other columns leave no doubt about. */
  decimal?: "." | "," | undefined;
  /** The sample is all of the file. */
  whole: boolean;
}

/**
 * The narrowest type by which every value of a sample is written back as it was. Where that is in doubt the offer is text:
 * nothing is lost by it.
 */
export function offerFor(values: readonly (string | null)[], around: Surroundings): Offer {
  const texts = [...new Set(values.filter(value => value !== null && value !== ""))] as string[];
  if (texts.length === 0) return { type: "string" };
  const plain = typed(texts, around);
  if (plain && plain.type !== "string") return plain;
  const nulls = texts.filter(value => NULL_WORDS.has(value));
  const rest = texts.filter(value => !NULL_WORDS.has(value));
  if (nulls.length > 0 && rest.length > 0) {
    const offer = typed(rest, around);
    if (offer && offer.type !== "string") return { ...offer, nulls };
  }
  const hint = plain?.hint;
  return { type: "string", ...(texts.includes("\\N") && { nulls: ["\\N"] }), ...(hint && { hint }) };
}

/** The decimal mark that a column leaves no doubt about. */
export function decimalMark(values: readonly (string | null)[]): "." | "," | undefined {
  const texts = values.filter((value): value is string => value !== null && value !== "" && !NULL_WORDS.has(value));
  const all = (...patterns: RegExp[]) =>
    texts.length > 0 && texts.every(value => patterns.some(one => one.test(value)));
  const some = (pattern: RegExp) => texts.some(value => pattern.test(value));
  if (all(/^-?\d+(,\d+)?$/, /^-?\d{1,3}(\.\d{3})+(,\d+)?$/) && some(/^-?(\d+,(\d{1,2}|\d{4,})|0,\d+|.*\.\d{3},\d+)$/))
    return ",";
  if (
    all(/^-?\d+(\.\d+)?$/, /^-?\d{1,3}(,\d{3})+(\.\d+)?$/) &&
    some(/^-?(\d+\.(\d{1,2}|\d{4,})|0\.\d+|.*,\d{3}\.\d+)$/)
  )
    return ".";
  return undefined;
}

function typed(texts: readonly string[], around: Surroundings): Offer | undefined {
  return booleanOffer(texts) ?? numberOffer(texts, around) ?? dateOffer(texts);
}

const BOOLEANS = [
  ...["true false", "TRUE FALSE", "True False", "yes no", "YES NO", "Yes No", "Y N", "y n", "t f", "T F"],
  ...["ja nein", "Ja Nein", "JA NEIN", "wahr falsch", "WAHR FALSCH", "oui non", "vrai faux", "VRAI FAUX"],
].map(pair => pair.split(" ") as [string, string]);

function booleanOffer(texts: readonly string[]): Offer | undefined {
  const found = BOOLEANS.find(pair => texts.every(value => pair.includes(value)));
  if (!found || (texts.length < 2 && !/^(true|false)$/i.test(texts[0] ?? ""))) return undefined;
  return { type: "boolean", ...(found[0] !== "true" && { booleans: found }) };
}

function numberOffer(texts: readonly string[], around: Surroundings): Offer | undefined {
  if (!texts.every(value => /^-?\d/.test(value))) return undefined;
  const meanings = new Map<string, NumberMarks>();
  for (const marks of MARKS) {
    const mark = marks.thousands ?? marks.decimal;
    if ((mark && !texts.some(value => value.includes(mark))) || !texts.every(value => isMarked(value, marks))) continue;
    const meaning = texts.map(value => plainNumber(value, marks)).join(" ");
    if (!meanings.has(meaning)) meanings.set(meaning, marks);
  }
  const ways = [...meanings.values()];
  if (ways.length === 0) return undefined;
  const marks = ways.length === 1 ? ways[0] : usualMarks(ways, texts, around);
  if (!marks) {
    const example = texts.find(value => /\D/.test(value.slice(1))) ?? "";
    return { type: "string", hint: `${example} can be read in two ways: choose a number and say its decimal mark` };
  }
  const plain = texts.map(value => plainNumber(value, marks) ?? "");
  const type = numberType(plain, around.whole);
  if (!type && plain.some(value => value.includes(".")) && !plain.some(value => /^-[0.]*$/.test(value)))
    return { type: "string", hint: "the numbers have different places: a decimal would write zeros behind some" };
  return type ? { type, ...written(marks, plain) } : undefined;
}

// The mark of the rest of the file; else a point in a file whose fields are set apart by commas.
function usualMarks(
  ways: readonly NumberMarks[],
  texts: readonly string[],
  { decimal, delimiter }: Surroundings,
): NumberMarks | undefined {
  const fit = (mark: string) => {
    const fitting = ways.filter(way => (way.decimal ?? ".") === mark && way.thousands !== mark);
    return fitting.length === 1 ? fitting[0] : undefined;
  };
  if (decimal) return fit(decimal);
  // 1,234 alone is a thousand of one country and a little more than one of another.
  const inDoubt = texts.every(value => /^-?\d{1,3},\d{3}$/.test(value));
  return delimiter === "," && !inDoubt ? fit(".") : undefined;
}

// A thousands mark that stands in no number, a decimal mark where there are only whole ones, need no word.
function written({ decimal, thousands }: NumberMarks, plain: readonly string[]): ValueFormat {
  return {
    ...(decimal === "," && (thousands === "." || plain.some(value => value.includes("."))) && { decimal }),
    ...(thousands && { thousands }),
  };
}

// Each number must come back as it was written: with all its marks, or with none where it could have one.
function isMarked(value: string, marks: NumberMarks): boolean {
  const plain = plainNumber(value, marks);
  return plain !== undefined && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(plain) && markedNumber(plain, marks) === value;
}

const MARKS: readonly NumberMarks[] = [
  {},
  { decimal: "," },
  ...THOUSANDS.filter(mark => mark !== "_").flatMap((thousands): NumberMarks[] => [
    ...(thousands === "." ? [] : [{ thousands }]),
    ...(thousands === "," ? [] : [{ decimal: "," as const, thousands }]),
  ]),
];

function numberType(plain: readonly string[], whole: boolean): string | undefined {
  if (plain.every(value => isWholeNumber(value, 64)))
    return whole && plain.every(value => isWholeNumber(value, 32)) ? "int" : "bigint";
  const scales = new Set(plain.map(value => value.split(".")[1]?.length ?? 0));
  const [scale = 0] = scales;
  const digits = Math.max(...plain.map(value => value.replace(/^-|\..*$/g, "").length));
  if (plain.some(value => /^-[0.]*$/.test(value))) return undefined;
  if (scales.size === 1 && digits + scale <= 38 && scale > 0)
    return `decimal(${Math.min(38, Math.max(18, digits) + scale)},${scale})`;
  // Spark writes a double back without zeros at its end, and with a point.
  const asDouble = plain.every(
    value => /\.(0|\d*[1-9])$/.test(value) && isBinary(value, false) && value === doubleText(Number(value)),
  );
  return asDouble ? "double" : undefined;
}

function doubleText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return "";
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function dateOffer(texts: readonly string[]): Offer | undefined {
  if (!texts.every(value => /\d/.test(value) && value.length >= 6 && value.length <= 40)) return undefined;
  for (const times of [false, true]) {
    const known = compiled(times)
      .filter(([, { read }]) => texts.every(value => read(value) !== undefined))
      .map(([name]) => name);
    const [pattern] = known;
    const inDoubt = texts.find(value => compiled(times).some(([, { isInDoubt }]) => isInDoubt(value)));
    if (!pattern && inDoubt)
      return { type: "string", hint: `the year of ${inDoubt} can be of 1900 or of 2000: it stays text` };
    if (!pattern) continue;
    const orders = new Map(known.map(one => [one.replace(/[^yMd]|(.)(?=\1)/g, ""), one]));
    if (orders.size > 1)
      return {
        type: "string",
        hint: `${texts[0]} can be ${[...orders.values()].slice(0, 2).join(" or ")}: choose a date and say its pattern`,
      };
    // Values of one pattern that differ in how they are padded don't come back.
    const exact = known.find(one => !/(^|[^dMhH])[dMhH](?![dMhH])/.test(one)) ?? pattern;
    // An offset is not kept, only the moment that it means.
    if (/X/.test(exact) && !texts.every(value => value.endsWith("Z")))
      return { type: "string", hint: "a timestamp would lose the offset" };
    return {
      type: times ? "timestamp" : "date",
      ...(exact !== "yyyy-MM-dd" && exact !== "yyyy-MM-dd HH:mm:ss" && { pattern: exact }),
    };
  }
  return undefined;
}

const PATTERNS: Partial<Record<"dates" | "times", (readonly [string, DatePattern])[]>> = {};

function compiled(times: boolean): readonly (readonly [string, DatePattern])[] {
  const which = times ? "times" : "dates";
  PATTERNS[which] ??= knownPatterns(times).flatMap(name => {
    const pattern = datePattern(name);
    return pattern ? [[name, pattern] as const] : [];
  });
  return PATTERNS[which];
}
