import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder } from "./order.ts";

test("folders are spread over the run, and the larger file of a folder comes first", () => {
  const sizes: Record<string, number> = {
    "tests/a/1.test.ts": 1,
    "tests/a/2.test.ts": 3,
    "tests/a/deep/3.test.ts": 2,
    "tests/b/4.test.ts": 1,
  };
  assert.deepEqual(
    inOrder(Object.keys(sizes), file => sizes[file] ?? 0),
    ["tests/a/2.test.ts", "tests/a/deep/3.test.ts", "tests/b/4.test.ts", "tests/a/1.test.ts"],
  );
});

test("no file is lost, and none comes twice", () => {
  const files = Array.from({ length: 50 }, (_, at) => `tests/${at % 7}/${at}.test.ts`);
  assert.deepEqual(inOrder(files, () => 1).sort(), files.sort());
});
