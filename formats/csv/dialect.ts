import { z } from "zod";

/** How the text of a CSV file is to be read. */
export interface Dialect {
  delimiter: string;
  /** An empty text where no field is ever quoted. */
  quote: string;
  escape: Escape;
  /** Whether the first record holds the names of the columns. */
  header: boolean;
  encoding: Encoding;
  /** Lines above the first record that are none: a title, a date, `sep=;`. */
  preamble: number;
  /** Lines that begin with it are no records. */
  comment: string;
  /** Blanks around a field, outside its quotes, do not belong to it. */
  blanks: boolean;
  /** Each record ends with one more delimiter. */
  trailing: boolean;
}

/** How a quote, a delimiter or a line end stands inside a field. */
export const ESCAPES = ["double", "mysql", "postgres"] as const;
export type Escape = (typeof ESCAPES)[number];

/** The encodings that are read. */
export const ENCODINGS = [
  ...["UTF-8", "UTF-16LE", "UTF-16BE", "Windows-1252", "ISO-8859-1", "ISO-8859-2", "ISO-8859-15"],
  ...["Windows-1250", "Windows-1251", "macintosh", "IBM866", "Shift_JIS", "EUC-KR", "GB18030", "Big5"],
] as const;
export type Encoding =
  | ("UTF-8" | "UTF-16LE" | "UTF-16BE" | "Windows-1252" | "ISO-8859-1" | "ISO-8859-2" | "ISO-8859-15")
  | ("Windows-1250" | "Windows-1251" | "macintosh" | "IBM866" | "Shift_JIS" | "EUC-KR" | "GB18030" | "Big5");

const one = (what: string) =>
  z
    .string()
    .length(1, `expected one character as ${what}`)
    .regex(/[\x01-\x7e]/, `expected an ASCII character as ${what}`)
    .refine(sign => !/[\r\n]/.test(sign), `a line break can't be the ${what}`);

/** What a job may say of the dialect; what it leaves out is found by looking at the file. */
export const dialectShape = z
  .strictObject({
    delimiter: one("delimiter").optional(),
    quote: z.union([z.literal(""), one("quote")]).optional(),
    escape: z.enum(ESCAPES).optional(),
    header: z.boolean().optional(),
    encoding: z.enum(ENCODINGS as unknown as [Encoding, ...Encoding[]]).optional(),
    preamble: z.int().min(0).max(1000).optional(),
    comment: z.union([z.literal(""), one("comment sign")]).optional(),
    blanks: z.boolean().optional(),
    trailing: z.boolean().optional(),
  })
  .refine(({ delimiter, quote }) => delimiter === undefined || delimiter !== quote, {
    message: "the delimiter can't be the quote as well",
    path: ["quote"],
  });

/** What holds where nothing is said and nothing can be found. */
export const PLAIN_DIALECT: Dialect = {
  ...{ delimiter: ",", quote: '"', escape: "double", header: true, encoding: "UTF-8" },
  ...{ preamble: 0, comment: "", blanks: false, trailing: false },
};

/** The dialect in words, for the record of a load: what is as in RFC 4180 is left out. */
export function dialectInWords(dialect: Dialect): string {
  const { delimiter, quote, escape: escaping, header, encoding, preamble, comment, blanks, trailing } = dialect;
  const words = [
    `read as ${encoding}`,
    `delimiter ${signInWords(delimiter)}`,
    quote === "" ? "no quotes" : `quote ${quote}`,
    escaping === "mysql" && 'escapes of MySQL (\\" and \\N)',
    escaping === "postgres" && "escapes of PostgreSQL's text format (\\t and \\N)",
    header ? "with a header" : "without a header",
    preamble > 0 && `${preamble} ${preamble === 1 ? "line" : "lines"} above it skipped`,
    comment !== "" && `lines that begin with ${comment} skipped`,
    blanks && "blanks around fields taken away",
    trailing && "a delimiter at the end of each record",
  ];
  return words.filter(Boolean).join(", ");
}

// Control signs go by the key that types them: Ctrl-A is 01.
function signInWords(sign: string): string {
  if (sign === "\t") return "tab";
  if (sign === " ") return "blank";
  return sign < " " ? `Ctrl-${String.fromCharCode(sign.charCodeAt(0) + 64)}` : sign;
}
