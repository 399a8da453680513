import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { followUpId, newId } from "../../../core/jobs/id.ts";
import { readSettings } from "../../../core/settings.ts";
import {
  attemptName,
  hiddenTableName,
  isLeftover,
  makerOf,
  makerOfTable,
} from "../../../engines/table-copy/leftovers.ts";

test("a name tells whose it is, of every job type and of follow-ups", () => {
  for (const type of ["migrate-iceberg", "ingest-hive", "x"])
    for (const job of [newId(type), followUpId(followUpId(newId(type)))]) {
      const maker = { job, attempt: 12 };
      const name = attemptName(maker);
      assert.deepEqual(makerOf(name), maker);
      assert.deepEqual(makerOfTable(hiddenTableName("a__portal_b", name)), maker);
      assert.notEqual(attemptName(maker), name);
      assert.equal(name, name.toLowerCase());
    }
});

test("a name that no attempt made has no maker", () => {
  for (const name of ["", "portal_", "portal_x__1_abcdef", "portal_20261130t101112123z_x__1_abcdef", "orders"])
    assert.equal(makerOf(name), undefined, name);
  assert.equal(makerOfTable("orders"), undefined);
  assert.equal(makerOfTable(attemptName({ job: newId("x"), attempt: 1 })), undefined);
});

test("left is what an earlier attempt made, and a job that the archive knows; a living job's is not", t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-left-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const settings = { ...readSettings(), DATA_DIR: folder };
  const [own, other] = [newId("migrate-iceberg"), newId("migrate-iceberg")];
  const now = { job: own, attempt: 2 };
  const isLeft = (job: string, attempt: number) => isLeftover({ job, attempt }, now, settings);
  assert.equal(isLeft(own, 1), true);
  assert.equal(isLeft(own, 2), false);
  assert.equal(isLeft(other, 1), false);
  mkdirSync(join(folder, "archive", "2026-11"), { recursive: true });
  assert.equal(isLeft(other, 1), false);
  writeFileSync(join(folder, "archive", "2026-11", `${other}.json`), "{}");
  assert.equal(isLeft(other, 1), true);
  assert.equal(isLeftover(undefined, now, settings), false);
});
