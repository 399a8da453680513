import type { JobType } from "../engine.ts";
import { type CsvFile, csvShape } from "../load-csv/parameters.ts";

/** The whole truth about a CSV file, and what a load would do to its table. */
export const inspectCsv: JobType<CsvFile> = {
  type: "inspect-csv",
  lane: "light",
  readOnly: true,
  itemNoun: ["file", "files"],
  shape: csvShape,
  title: ({ file, table }) => `Validate ${file.slice(file.lastIndexOf("/") + 1)} for ${table}`,
  writes: () => [],
};
