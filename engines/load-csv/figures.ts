import type { OnDuplicate } from "../../csv/winners.ts";
import { group } from "../../views/figures.ts";
import type { Staged } from "./stage.ts";
import type { Change } from "./write.ts";

/** What is told of a file in numbers, by name. `keys` is how many rows it gives. */
export function figuresFor(
  staged: Staged,
  { added, changed, same }: Pick<Change, "added" | "changed" | "same">,
  keys: number,
  onDuplicate: OnDuplicate,
): Record<string, string> {
  const beside = staged.records - staged.bad - keys;
  const figures = { records: staged.records, bad: staged.bad, keys, added, changed, same };
  const all = { ...figures, [onDuplicate === "reject" ? "rejected" : "overwritten"]: beside };
  return Object.fromEntries(Object.entries(all).map(([name, count]) => [name, String(count)]));
}

/** The same in words, for the log and the pages. */
export function wordsOf(figures: Readonly<Record<string, string>>, onDuplicate: OnDuplicate, id: string): string[] {
  const told = (name: string) => group(figures[name] ?? "0");
  const having = (name: string) => (figures[name] ?? "0") !== "0";
  return [
    `${told("records")} records, ${told("keys")} keys: ${told("added")} new, ${told("changed")} changed, ${told("same")} the same`,
    ...(having("overwritten")
      ? [`${told("overwritten")} records share their key with another one of the file: the ${onDuplicate} one counts`]
      : []),
    ...(having("rejected") ? [`${told("rejected")} records were left out: their key comes more than once`] : []),
    ...(having("bad") ? [`${told("bad")} records could not be taken: logs/${id}.bad.csv`] : []),
  ];
}
