import { besideLogName } from "../../core/store/names.ts";
import type { OnDuplicate } from "../../formats/csv/deduplicate.ts";
import type { Prepared } from "../../formats/csv/prepare.ts";
import { group } from "../../views/format/figures.ts";
import type { Change } from "./write.ts";

/** What is told of a file in numbers, by name. `keys` is how many rows it gives. */
export function figuresFor(
  file: Prepared,
  { added, changed, same }: Pick<Change, "added" | "changed" | "same">,
  keys: number,
  onDuplicate: OnDuplicate,
): Record<string, string> {
  const beside = file.records - file.bad - keys;
  if (beside < 0 || added + changed + same !== keys || file.counted !== keys + file.bad + beside)
    throw new Error(
      `The figures of the load do not agree: ${file.counted} records by their quotes and line ends, ${keys} rows, ${file.bad} set aside, ${beside} with a key that comes again.`,
    );
  const figures = { records: file.records, lines: file.lines, bad: file.bad, keys, added, changed, same };
  const all = { ...figures, [onDuplicate === "reject" ? "rejected" : "overwritten"]: beside };
  return Object.fromEntries(Object.entries(all).map(([name, count]) => [name, String(count)]));
}

/** The same in words, for the log and the pages. */
export function wordsOf(figures: Readonly<Record<string, string>>, onDuplicate: OnDuplicate, id: string): string[] {
  const figure = (name: string) => group(figures[name] ?? "0");
  const having = (name: string) => (figures[name] ?? "0") !== "0";
  return [
    ...(figures.added === "0" && figures.changed === "0" ? [unchanged(figures)] : []),
    `the file has ${figure("records")} records by its quotes and line ends, and as many were read`,
    `${figure("records")} records, ${figure("keys")} keys: ${figure("added")} new, ${figure("changed")} changed, ${figure("same")} the same`,
    ...(having("overwritten")
      ? [`${figure("overwritten")} records share their key with another one of the file: the ${onDuplicate} one counts`]
      : []),
    ...(having("rejected") ? [`${figure("rejected")} records were left out: their key comes more than once`] : []),
    ...(having("bad")
      ? [
          `${figure("bad")} ${figures.bad === "1" ? "record was" : "records were"} set aside: logs/${besideLogName(id, "bad")}`,
        ]
      : []),
  ];
}

function unchanged(figures: Readonly<Record<string, string>>): string {
  const aside = (figures.bad ?? "0") !== "0" || (figures.rejected ?? "0") !== "0";
  return `every record ${aside ? "that was taken " : ""}is in the table already: nothing was changed`;
}
