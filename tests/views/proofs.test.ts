import assert from "node:assert/strict";
import { test } from "node:test";
import { filesRead } from "../../views/pages/jobs/proofs.ts";

test("a proof says how many files the source has and that all were read", () => {
  assert.equal(filesRead({ listed: 12, read: 12, empty: 0 }), "12 files, all read");
  assert.equal(filesRead({ listed: 1, read: 1, empty: 0 }), "1 file, read");
  assert.equal(filesRead({ listed: 10_000, read: 9_998, empty: 2 }), "10,000 files, all read; 2 without rows");
  const view = { listed: 12, read: 12, empty: 0, tables: 2 };
  assert.equal(filesRead(view), "12 files of 2 tables below the view, all in Spark's plan");
  assert.equal(
    filesRead({ listed: 12, read: 9, empty: 0, tables: 2, unchecked: 3 }),
    "12 files of 2 tables below the view, 9 in Spark's plan; 3 listed only, since Hive's own reader names no files",
  );
  assert.equal(filesRead({ listed: 0, read: 0, empty: 0 }), "no files");
});
