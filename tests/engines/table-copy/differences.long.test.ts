import { describe, test } from "node:test";
import { ALTERED_TABLES, findsAlterations } from "./alterations.ts";

describe("a target that is altered between write and read-back is found, main stays as it was", () => {
  for (const altered of ALTERED_TABLES)
    for (const sorted of [false, true]) {
      const layout = `${altered.columns} ${altered.columns === 1 ? "column" : "columns"}, ${sorted ? "sorted" : "unsorted"}`;
      test(`${layout}: all at once, and one that nobody alters stays equal`, async t => {
        await findsAlterations(t, altered, sorted);
      });
    }
});
