/** What takes the place of whatever differs from one message of a kind to the next. */
export const HOLE = "<*>";

/** The message with its numbers, ids, addresses and paths taken out, as SQL. */
export function templateOf(message: string): string {
  return mask(`substring_index(${message}, '\\n', 1)`);
}

/** A part of a line with what differs taken out: every word with a digit in it, and paths of two names and more. */
export function mask(text: string): string {
  return `regexp_replace(left(${text}, ${LOOKED_AT}), ${MASK}, '${HOLE}')`;
}

/** A path of a web server with the names taken out that have a digit in them. */
export function maskPath(path: string): string {
  return `regexp_replace(left(${path}, ${LOOKED_AT}), r'(?<=/)[^/]*\\d[^/]*', '${HOLE}')`;
}

// What a message says shows in its beginning; one of a megabyte is not looked through.
const LOOKED_AT = 500;

// A word begins where no other sign of a word stands before it, so that each is tried once.
const MASK = String.raw`r'(?<![\w.:/@+-])(?:[\w.:/@+-]*\d(?:[\w.:/@+-]*[\w/])?|(?:/[\w.-]+){2,}/?)'`;
