import type { DataType } from "../../connectors/spark/protocol/types.ts";
import type { ValueFormat } from "./values/read-value.ts";

/** A column on its way from a CSV file into a table. */
export interface CsvColumn {
  /** Its name in the table. */
  name: string;
  /** Its place in the file, from 0. */
  at: number;
  /** Its name in the file. */
  from: string;
  type: DataType;
  /** The most characters that its text may have. */
  length?: number;
  key: boolean;
  required: boolean;
  /** How its values are written, where that is not as Spark writes them. */
  format?: ValueFormat;
}

/** The columns that a record has beside its own: its number from 0, and the line where it begins. */
export const STAGED = { record: "__record", line: "__line" } as const;

/** How many columns a file may have. */
export const MOST_COLUMNS = 2000;
