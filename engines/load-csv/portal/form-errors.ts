import type { JobFile } from "../../../core/jobs/envelope.ts";
import { problemsOf } from "../../../core/jobs/parse/problem.ts";
import type { Sniffed } from "../../../formats/csv/sniff.ts";
import { loadCsv } from "../parameters.ts";
import { choicesOf, type FileQuery } from "./file-query.ts";

/** What is wrong in the form of a file's page, by the name of the field; nothing where it can be sent. */
export function formErrors(
  query: FileQuery,
  sniffed: Sniffed,
  parameters: JobFile["parameters"],
): Record<string, string> {
  const errors: Record<string, string> = {};
  const used = choicesOf(query, sniffed).filter(({ use }) => use);
  const found = loadCsv.shape.safeParse(parameters);
  const problems = found.success ? [] : problemsOf(found.error.issues, loadCsv.shape);
  for (const { path, message } of problems) {
    const field = fieldOf(path.map(String), used);
    errors[field] ??= wordsFor(field, message, query);
  }
  if (used.length === 0) errors.columns = "Choose at least one column.";
  const names = used.map(({ name, from }) => (name.trim() || from).toLowerCase());
  const keys = [parameters.key].flat().map(String);
  const lost = keys.find(key => !names.includes(key.toLowerCase()));
  if (!errors.key && lost !== undefined)
    errors.key =
      lost === ""
        ? "Name the column, or the columns, that tell the rows apart."
        : `No column that is loaded is called ${lost}.`;
  const by = query.get("countBy")?.trim();
  if (by && !errors.countBy && !names.includes(by.toLowerCase()))
    errors.countBy = `No column that is loaded is called ${by}.`;
  const comment = query.get("preamble");
  if (comment && !/^\d{1,3}$/.test(comment)) errors.preamble = "Expected a number of lines, 0 to 999.";
  return errors;
}

const PARTS: Readonly<Record<string, string>> = {
  ...{ name: "name", from: "name", type: "type", decimal: "decimal", thousands: "thousands", pattern: "pattern" },
  ...{ nulls: "nulls", booleans: "booleans" },
};

function fieldOf([first = "", second, third = ""]: readonly string[], used: readonly { at: number }[]): string {
  if (first === "columns")
    return second === undefined ? "columns" : `${PARTS[third] ?? "type"}${used[Number(second)]?.at ?? 0}`;
  if (first === "counts") return third === "by" ? "countBy" : "countInto";
  if (first === "format") return second ?? "delimiter";
  return first;
}

function wordsFor(field: string, message: string, query: FileQuery): string {
  const typed = query.get(field)?.trim() ?? "";
  if (field === "key") return "Name the column, or the columns, that tell the rows apart.";
  if (field === "countInto" && typed.includes("."))
    return `Write the name alone, ${typed.slice(typed.lastIndexOf(".") + 1)}: it lies beside the table.`;
  if (field === "countInto" && typed === "") return "Name the table for the counts, too.";
  if (field === "countBy" && typed === "") return "Name the column to count by, too.";
  if (field === "table" && typed.split(".").length > 3)
    return "Expected three names at most: catalog.namespace.table, such as lake.shop.products.";
  if (/^type\d/.test(field) && /^expected string/.test(message))
    return "Say its size: 120 for varchar, 18,2 for decimal.";
  return message.charAt(0).toUpperCase() + message.slice(1);
}
