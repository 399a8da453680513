import { STAGED } from "../columns.ts";

/** How long the name of a column may be. */
const LONGEST = 120;

/** The names of the columns as they are used, and what was done to those of the file. */
export interface Names {
  names: string[];
  notes: string[];
  /** Names that several columns of the file have. */
  twice: string[];
}

/** Gives each column a name of its own: an empty one by its place, a double one with a number, a long one cut. */
export function columnNames(fields: readonly (string | null)[]): Names {
  const taken = new Set<string>(Object.values(STAGED));
  const notes: string[] = [];
  const twice = new Set<string>();
  // A header that is written as a remark names its first column behind the sign.
  const given = fields.map((field, at) => {
    const name = visible(field);
    return at === 0 && fields.length > 1 ? name.replace(/^#\s*(?=\S)/, "") : name;
  });
  const own = new Set(given.map(name => name.toLowerCase()));
  const free = (wanted: string): string => {
    for (let number = 2; ; number++) {
      const name = `${wanted}_${number}`;
      if (!taken.has(name.toLowerCase()) && !own.has(name.toLowerCase())) return name;
    }
  };
  const names = given.map((name, at) => {
    let used = name === "" ? `column${at + 1}` : name;
    if (used.length > LONGEST) used = used.slice(0, LONGEST - 4).trim();
    if (taken.has(used.toLowerCase()) || (used !== name && own.has(used.toLowerCase()))) {
      if (name !== "" && name.length <= LONGEST) twice.add(name);
      used = free(used);
    }
    taken.add(used.toLowerCase());
    if (name === "") notes.push(`column ${at + 1} has no name and is called ${used}`);
    else if (used !== name) notes.push(`column ${at + 1}, ${JSON.stringify(name.slice(0, 40))}, is called ${used}`);
    return used;
  });
  const [first, ...others] = notes;
  if (others.length <= 4) return { names, notes, twice: [...twice] };
  return {
    names,
    notes: [first ?? "", `${others.length} more columns have no name of their own and got one`],
    twice: [...twice],
  };
}

/** A name in one line, without the signs that nobody sees and nobody would type. */
export function visible(name: string | null | undefined): string {
  return (name ?? "")
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/[\s\0-\x1f\x7f]+/g, " ")
    .trim();
}
