/** What takes the place of whatever differs from one message of a kind to the next. */
export const HOLE = "<*>";

/** The message with its numbers, ids, addresses and paths taken out, as SQL. */
export function templateOf(message: string): string {
  return `regexp_replace(left(${message}, ${LOOKED_AT}), ${MASK}, '${HOLE}')`;
}

// What a message says shows in its beginning; one of a megabyte is not looked through.
const LOOKED_AT = 500;

const MASK = String.raw`r'(?<![\w.:/-])(?:[\w.:/-]*\d[\w.:/-]*|(?:/[\w.-]+){2,}/?)'`;
