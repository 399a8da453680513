import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { GENESIS, type JobRecord, recordHash } from "../../../core/jobs/record.ts";

const record: Omit<JobRecord, "hash"> = {
  version: 1,
  sequence: 1,
  id: "20261123T094512123Z-light-k3f9q2",
  type: "light",
  parameters: { b: 1, a: "ü" },
  status: "succeeded",
  via: "hand",
  submittedBy: "anna",
  submittedAt: "2026-11-23T09:45:12.123Z",
  startedAt: "2026-11-23T09:45:13.000Z",
  finishedAt: "2026-11-23T09:45:14.000Z",
  exitCode: 0,
  attempts: [],
  tables: [],
  followUps: [],
  job: { type: "light" },
  previousHash: GENESIS,
};

test("a record's hash does not depend on the order of its keys, nor on the hash it holds", () => {
  const turned = Object.fromEntries(Object.entries(record).reverse()) as typeof record;
  assert.equal(recordHash(turned), recordHash(record));
  assert.equal(recordHash({ ...record, hash: "x" }), recordHash(record));
});

test("a record's hash is the SHA-256 of its canonical JSON", () => {
  const canonical = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
  };
  assert.equal(recordHash(record), createHash("sha256").update(canonical(record)).digest("hex"));
});

test("any change changes the hash, and a key makes it another", () => {
  const hash = recordHash(record);
  assert.notEqual(recordHash({ ...record, exitCode: 1 }), hash);
  assert.notEqual(recordHash({ ...record, previousHash: "1".repeat(64) }), hash);
  assert.notEqual(recordHash(record, "key"), hash);
  assert.notEqual(recordHash(record, "key"), recordHash(record, "another"));
});
