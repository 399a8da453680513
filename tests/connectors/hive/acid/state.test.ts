import assert from "node:assert/strict";
import { test } from "node:test";
import { type AcidDirectory, chooseDirectories, HistoryLost } from "../../../../connectors/hive/acid/state.ts";

type Ids = { high: number; open?: number[]; aborted?: number[] };

function choose(names: string, writes: Ids, transactions: Ids = { high: 100 }): string {
  const directories = names.split(" ").map(
    (name): AcidDirectory => ({
      name: name.replace("!", ""),
      files: [],
      hasNote: name.endsWith("!"),
      hasEvents: true,
    }),
  );
  const ids = ({ high, open = [], aborted = [] }: Ids) => ({ high, open, aborted });
  const { base, deltas, deletes, originals } = chooseDirectories(directories, {
    transactions: ids(transactions),
    writes: ids(writes),
  });
  const taken = [...(base ? [base] : []), ...deltas, ...deletes].map(({ directory }) => directory.name);
  return [...taken, ...(originals ? ["originals"] : [])].join(" ");
}

const cases: [what: string, names: string, writes: Ids, expected: string, transactions?: Ids][] = [
  ["inserts and deletes", "delta_1_1_0 delete_delta_2_2_0", { high: 2 }, "delta_1_1_0 delete_delta_2_2_0 originals"],
  [
    "the statements of one write",
    "delta_3_3_1 delta_3_3_2 delete_delta_3_3_0",
    { high: 3 },
    "delta_3_3_1 delta_3_3_2 delete_delta_3_3_0 originals",
  ],
  [
    "an aborted and an open write",
    "delta_1_1_0 delta_2_2_0 delta_3_3_0",
    { high: 3, aborted: [2], open: [3] },
    "delta_1_1_0 originals",
  ],
  ["a write of later", "delta_1_1_0 delta_2_2_0", { high: 1 }, "delta_1_1_0 originals"],
  [
    "a minor compaction, its parts still there",
    "delta_1_1_0 delta_2_2_0 delta_1_2_v9 delete_delta_1_2_v9",
    { high: 2 },
    "delta_1_2_v9 delete_delta_1_2_v9 originals",
  ],
  ["a major compaction", "base_2_v9 delta_1_1_0 delta_2_2_0 delta_3_3_0", { high: 3 }, "base_2_v9 delta_3_3_0"],
  [
    "a compaction of later",
    "base_2_v9 delta_1_1_0 delta_2_2_0",
    { high: 2 },
    "delta_1_1_0 delta_2_2_0 originals",
    { high: 8 },
  ],
  [
    "a compaction that failed",
    "base_2_v9 delta_1_1_0 delta_2_2_0",
    { high: 2 },
    "delta_1_1_0 delta_2_2_0 originals",
    { high: 9, aborted: [9] },
  ],
  ["an INSERT OVERWRITE", "delta_1_1_0 base_2 delta_3_3_0", { high: 3 }, "base_2 delta_3_3_0"],
  [
    "an INSERT OVERWRITE that was aborted",
    "base_2 delta_3_3_0 base_4",
    { high: 4, aborted: [4] },
    "base_2 delta_3_3_0",
  ],
  [
    "an INSERT OVERWRITE that is the only one, and aborted",
    "delta_1_1_0 base_2",
    { high: 2, aborted: [2] },
    "delta_1_1_0 originals",
  ],
  ["a TRUNCATE without any file", "delta_1_1_0 base_2! delta_3_3_0", { high: 3 }, "base_2 delta_3_3_0"],
  [
    "a stream of which some writes are aborted",
    "delta_1_5",
    { high: 5, aborted: [2], open: [5] },
    "delta_1_5 originals",
  ],
  [
    "a stream of which all writes are aborted",
    "delta_1_2 delta_3_3_0",
    { high: 3, aborted: [1, 2] },
    "delta_3_3_0 originals",
  ],
  ["the newest of two bases", "base_2_v5 base_4_v7 delta_5_5_0", { high: 5 }, "base_4_v7 delta_5_5_0"],
  [
    "an older base where the newer holds an open write",
    "base_2_v5 base_4_v7 delta_3_3_0 delta_4_4_0",
    { high: 4, open: [3] },
    "base_2_v5 delta_4_4_0",
  ],
  [
    "folders that are none of Hive's",
    "_tmp delta_x HIVE_UNION_SUBDIR_1 delta_1_1_0",
    { high: 1 },
    "delta_1_1_0 originals",
  ],
];

for (const [what, names, writes, expected, transactions] of cases)
  test(`of ${what} a reader takes what Hive takes`, () => assert.equal(choose(names, writes, transactions), expected));

test("what was compacted together with an open write can't be read", () => {
  assert.throws(() => choose("base_4_v7 delta_5_5_0", { high: 5, open: [3] }), HistoryLost);
});

test("a base with a note of which nobody knows the kind is taken only where both kinds agree", () => {
  assert.equal(choose("base_2! delta_3_3_0", { high: 3, open: [3] }), "base_2");
  assert.throws(() => choose("delta_1_1_0 base_2!", { high: 3, open: [1] }), HistoryLost);
});
