import type { DataType } from "../spark/types.ts";

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
}
