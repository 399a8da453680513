import { literal } from "../tables/names.ts";

/** The first address of the internet that a message names, as SQL; null where there is none. */
export function addressIn(message: string): string {
  const text = `left(${message}, 500)`;
  const first = (source: string) => `regexp_extract(${text}, ${literal(source)}, 0)`;
  return `case when ${text} rlike ${literal(IPV4)} then ${first(IPV4)} when contains(${text}, ':') and ${text} rlike ${literal(IPV6)} then ${first(IPV6)} end`;
}

const IPV4 = String.raw`(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.]?\d)`;

// Only after a word that announces it, since times and names of C++ look alike.
const IPV6 = String.raw`(?<=(?:from|rhost|addr|client|ip)[ =:]\[?)[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7}(?!\w)`;
