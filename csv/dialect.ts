import { z } from "zod";

/** How the text of a CSV file is to be read. */
export interface Dialect {
  delimiter: string;
  quote: string;
  /** Whether the first record holds the names of the columns. */
  header: boolean;
  encoding: Encoding;
  /** What ends a record, where it is known; Spark finds it out otherwise, and then takes it for all line breaks in quotes. */
  lineEnd?: LineEnd;
}

/** What ends the records of a file. */
export type LineEnd = "LF" | "CRLF";

/** The encodings that Spark reads without a setting of its own. */
export const ENCODINGS = ["UTF-8", "ISO-8859-1"] as const;
export type Encoding = (typeof ENCODINGS)[number];

const one = (what: string) =>
  z
    .string()
    .length(1, `expected one character as ${what}`)
    .regex(/[\x01-\x7e]/, `expected an ASCII character as ${what}`)
    .refine(sign => !/[\r\n]/.test(sign), `a line break can't be the ${what}`);

/** What a job may say of the dialect; what it leaves out is found by looking at the file. */
export const dialectShape = z.strictObject({
  delimiter: one("delimiter").optional(),
  quote: one("quote").optional(),
  header: z.boolean().optional(),
  encoding: z.enum(ENCODINGS).optional(),
});

/** What holds where nothing is said and nothing can be found. */
export const PLAIN: Dialect = { delimiter: ",", quote: '"', header: true, encoding: "UTF-8" };
