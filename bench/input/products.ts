import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** How many of so many records repeat an earlier SKU: 33,307 of 500,000. */
export function repeatedOf(records: number): number {
  return Math.round((records * 33_307) / 500_000);
}

/** Writes a file of products as the fifth system has them: name, sku, description; line breaks in quotes, SKUs that come again. */
export async function writeProducts(path: string, records: number, edition = 0): Promise<void> {
  await pipeline(Readable.from(chunks(records, edition)), createWriteStream(path));
}

/** The fields of one record; an edition other than 0 changes every hundredth description. */
export function productOf(
  index: number,
  records: number,
  edition = 0,
): [name: string, sku: string, description: string] {
  const keys = records - repeatedOf(records);
  // The last records come again to SKUs that are spread over the whole file.
  const key = index < keys ? index : ((index - keys) * 14) % keys;
  const name = `${FIRST[(index * 7) % FIRST.length]} ${LAST[(index * 13) % LAST.length]}`;
  const sku = `${WORDS[key % WORDS.length]}-${WORDS[(key >> 4) % WORDS.length]}-${key}`;
  const changed = edition > 0 && key % 100 === 0 ? ` ${edition}` : "";
  const text = `${WORDS[index % WORDS.length]} ${WORDS[(index * 3) % WORDS.length]} ${index}${changed}`;
  const description =
    index % 3 === 0
      ? `${text}\n${WORDS[(index * 5) % WORDS.length]}, "again"`
      : `${text} it is with ${WORDS[(index * 11) % WORDS.length]}.`;
  return [name, sku, description];
}

function* chunks(records: number, edition: number): Generator<string> {
  let text = "name,sku,description\n";
  for (let index = 0; index < records; index++) {
    text += `${productOf(index, records, edition).map(quoted).join(",")}\n`;
    if (text.length < 65_536) continue;
    yield text;
    text = "";
  }
  yield text;
}

function quoted(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

const FIRST = "Bryce Kim Samuel Angela Tina James Paul Maria Jordan Kelly Laura Daniel Ruth Ivan Omar Nina".split(" ");
const LAST = "Jones Smith Mason Baker Hill Wang Costa Meyer Novak Silva Rossi Khan Lopez Weber Moreau Sato Kaya".split(
  " ",
);
const WORDS =
  "lay raises best end note which cold people choice second table stay father human learn civil whom seem sound music water shape light every".split(
    " ",
  );
