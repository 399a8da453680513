import { literal } from "../tables/names.ts";

// An IPv4 address anywhere; an IPv6 one after a word that announces it, since times and names of C++ look alike.
const ADDRESS = String.raw`(?<![\w.])(?:(?:\d{1,3}\.){3}\d{1,3}(?![\w.]?\d)|(?<=(?:from|rhost|addr|client|ip)[ =:\[])\[?[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7}(?!\w))`;

/** The first address of the internet that a message names, as SQL; null where there is none. */
export function addressIn(message: string): string {
  return `nullif(ltrim('[', regexp_extract(left(${message}, 500), ${literal(ADDRESS)}, 0)), '')`;
}
