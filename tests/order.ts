import { statSync } from "node:fs";

/**
 * The order in which test files are run: the folders of the tree are spread evenly over the whole run, so that what waits
 * for a worker runs beside what keeps Spark at work; within a folder the larger file comes first, since it usually takes longer.
 */
export function inOrder(files: readonly string[], sizeOf = (file: string) => statSync(file).size): string[] {
  const folders = Map.groupBy(files, file => file.split(/[/\\]/)[1] ?? "");
  const placed = [...folders.values()].flatMap(group =>
    group
      .map(file => ({ file, size: sizeOf(file) }))
      .sort((one, other) => other.size - one.size || one.file.localeCompare(other.file))
      .map(({ file }, at) => ({ file, place: (at + 0.5) / group.length })),
  );
  return placed.sort((one, other) => one.place - other.place).map(({ file }) => file);
}
