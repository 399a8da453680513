import type { CsvRecord } from "../reader.ts";
import { isRule } from "../record-line.ts";
import { offerFor } from "../values/offer.ts";
import { visible } from "./names.ts";

/** Whether the first of some records names the columns, as far as they tell. */
export function looksLikeHeader(records: readonly CsvRecord[]): boolean {
  const [first, ...others] = records;
  // In files that were put together the header comes again.
  const rest = oneTable(others).filter(({ text, fields }) => text.trim() !== first?.text.trim() && !isRule(fields));
  if (!first || first.problem !== undefined) return false;
  const names = first.fields.map(field => (field ?? "").trim());
  const filled = names.filter(name => name !== "");
  if (filled.length === 0) return false;
  if (rest.length === 0) return filled.every(name => isWord(name));
  let votes = 0;
  let numbered = 0;
  for (const [at, name] of names.entries()) {
    const below = rest.slice(0, 1000).map(({ fields }) => fields[at] ?? "");
    const texts = below.filter(value => value !== "");
    const type = typeOf(texts);
    const quoted = at < 32 && (first.quoted & (1 << at)) !== 0;
    const quotedBelow = at < 32 && rest.slice(0, 50).some(record => (record.quoted & (1 << at)) !== 0);
    if (name === "") continue;
    if (type !== "string") {
      const own = typeOf([name]);
      // A number that is only in quotes at the top is a name: programs that quote texts write it so. A day above numbers is one too.
      if (own === "string" || (quoted && !quotedBelow) || isDayAbove(own, type)) votes += 2;
      else if (/^-?\d{1,4}$/.test(name)) numbered++;
      else votes -= 2;
    } else if (texts.includes(name)) votes -= 1;
    else if (isCode(shapeOf(name)) && texts.length > 1 && texts.every(value => shapeOf(value) === shapeOf(name)))
      votes -= 1;
    else if (
      texts.length > 0 &&
      isWord(name) &&
      texts.every(value => shapeOf(value) === shapeOf(texts[0] ?? "")) &&
      shapeOf(name) !== shapeOf(texts[0] ?? "")
    )
      votes += 1;
    else if (typeOf([name]) !== "string") votes -= 1;
  }
  // Years or places that count up, beside a name or an empty one: a table that was turned.
  if (numbered > 0) votes += isSeries(names) && !/^-?\d{1,4}$/.test(names[0] ?? "") ? numbered : -2 * numbered;
  if (votes !== 0) return votes > 0;
  return (
    new Set(filled).size === filled.length &&
    filled.length * 2 > names.length &&
    filled.every(name => typeOf([name]) === "string")
  );
}

/** Records up to an empty line: below one another table may begin, whose header would count as values. */
export function oneTable(records: readonly CsvRecord[]): readonly CsvRecord[] {
  const gap = records.findIndex(({ line }, at) => at > 1 && line > (records[at - 1]?.lastLine ?? line) + 1);
  return gap < 0 ? records : records.slice(0, gap);
}

/** The record that has all of some names, where it is among the first. */
export function recordWith(records: readonly CsvRecord[], wanted: readonly string[]): number {
  if (wanted.length === 0) return -1;
  const lower = wanted.map(name => name.toLowerCase());
  return records.slice(0, 100).findIndex(({ fields }) => {
    const names = fields.map((field, at) => {
      const name = visible(field).toLowerCase();
      return at === 0 ? name.replace(/^#\s*/, "") : name;
    });
    return lower.every(name => names.includes(name));
  });
}

function typeOf(values: readonly string[]): string {
  const { type, hint } = offerFor(values, { delimiter: ",", whole: true });
  // A number or date that is only in doubt is none of text.
  return type === "string" && hint ? "doubt" : type;
}

function isDayAbove(own: string, below: string): boolean {
  return /^(date|timestamp)/.test(own) && !/^(date|timestamp|doubt)/.test(below);
}

function isWord(name: string): boolean {
  return /\p{L}/u.test(name) && typeOf([name]) === "string";
}

// Letters, digits and other signs, each run of them as one.
function shapeOf(value: string): string {
  return value.replace(/\p{L}+/gu, "a").replace(/\d+/g, "9");
}

// AB-1, an address, a telephone number: what is made of several parts.
function isCode(shape: string): boolean {
  return /[-/@:._#]/.test(shape) && (/9/.test(shape) || /@|:\/\//.test(shape));
}

function isSeries(names: readonly string[]): boolean {
  const numbers = names.filter(name => /^-?\d{1,4}$/.test(name)).map(Number);
  const steps = new Set(numbers.slice(1).map((number, i) => number - (numbers[i] ?? 0)));
  const years = numbers.every(number => number >= 1800 && number <= 2200);
  const counts = steps.has(1) || numbers.length > 2;
  return numbers.length > 1
    ? steps.size === 1 && !steps.has(0) && (years || ((numbers[0] ?? 9) <= 1 && counts))
    : years;
}
