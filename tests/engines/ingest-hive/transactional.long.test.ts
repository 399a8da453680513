import { test } from "node:test";
import { readLikeHive } from "./transactional-reading.ts";

test("every transactional table is read as Hive 4 itself reads it", async t => {
  await readLikeHive(t, () => true);
});
