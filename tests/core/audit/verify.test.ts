import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { verifyArchive } from "../../../core/audit/verify-chain.ts";
import { type JobRecord, recordHash } from "../../../core/jobs/record.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { archive, outcome, recordPath, temporaryLayout } from "./archive.ts";

function chain(t: TestContext, length: number, key?: string): { layout: Layout; records: JobRecord[] } {
  const layout = temporaryLayout(t);
  const records: JobRecord[] = [];
  for (let i = 0; i < length; i++) {
    const record = archive(layout, records.at(-1), {}, key);
    appendAudit(layout, record);
    records.push(record);
  }
  return { layout, records };
}

function rewrite(layout: Layout, record: JobRecord, change: Partial<JobRecord>): void {
  writeFileSync(recordPath(layout, record), JSON.stringify({ ...record, ...change }));
}

function ids(records: readonly JobRecord[]): string[] {
  return records.map(record => record.id);
}

test("an archive as it was written has no problems, and tells its newest hash", t => {
  const { layout, records } = chain(t, 5);
  const { problems, ...found } = verifyArchive(layout);
  assert.deepEqual(problems, []);
  assert.equal(found.records, 5);
  assert.equal(found.oldest?.id, records[0]?.id);
  assert.equal(found.newest?.hash, records[4]?.hash);
});

test("an empty archive has no problems", t => {
  assert.deepEqual(verifyArchive(temporaryLayout(t)), { records: 0, problems: [], gone: [] });
});

test("a record that was edited is named, and no other", t => {
  const { layout, records } = chain(t, 5);
  rewrite(layout, records[2]!, { submittedBy: "eve" });
  const [problem, ...others] = verifyArchive(layout).problems;
  assert.match(problem ?? "", new RegExp(`^${records[2]?.id} does not match its hash: it was edited`));
  assert.deepEqual(others, []);
});

test("a record that was edited and hashed anew is betrayed by the one after it", t => {
  const { layout, records } = chain(t, 5);
  const edited = { ...records[2]!, submittedBy: "eve" };
  rewrite(layout, edited, { hash: recordHash(edited) });
  const [forged, after] = ids(records.slice(2, 4));
  assert.deepEqual(verifyArchive(layout).problems, [
    `${after} was not archived after ${forged}, which stands before it: one of them was replaced or moved.`,
  ]);
});

test("a record that was removed is named, with those that stood around it", t => {
  const { layout, records } = chain(t, 5);
  rmSync(recordPath(layout, records[2]!));
  const [before, gone, after] = ids(records.slice(1, 4));
  assert.deepEqual(verifyArchive(layout).problems, [
    `Record 3, between ${before} and ${after}, is missing: it was removed.`,
    `${gone} is in audit.csv but not in the archive: its record was removed.`,
  ]);
});

test("the first and the newest records are missed too", t => {
  const { layout, records } = chain(t, 5);
  for (const record of [records[0]!, records[1]!, records[4]!]) rmSync(recordPath(layout, record));
  assert.deepEqual(verifyArchive(layout).problems, [
    `Records 1 to 2, before ${records[2]?.id}, are missing: they were removed.`,
    ...[0, 1, 4].map(i => `${records[i]?.id} is in audit.csv but not in the archive: its record was removed.`),
  ]);
});

test("two records that changed places are named", t => {
  const { layout, records } = chain(t, 4);
  const [, second, third] = records;
  const moved = (record: JobRecord, sequence: number) => {
    const rest = { ...record, sequence };
    rewrite(layout, record, { sequence, hash: recordHash(rest) });
  };
  moved(second!, 3);
  moved(third!, 2);
  const { problems } = verifyArchive(layout);
  assert.ok(problems.some(problem => problem.startsWith(`${third?.id} was not archived after`)));
  assert.ok(problems.some(problem => problem.startsWith(`${second?.id} was not archived after`)));
});

test("two files that changed names are named", t => {
  const { layout, records } = chain(t, 3);
  const [a, b] = [recordPath(layout, records[0]!), recordPath(layout, records[1]!)];
  renameSync(a, `${a}.tmp`);
  renameSync(b, a);
  renameSync(`${a}.tmp`, b);
  const { problems } = verifyArchive(layout);
  assert.equal(problems.length, 2);
  assert.ok(problems.every(problem => problem.endsWith("it was copied or renamed.")));
});

test("a copy of a record under another name is named", t => {
  const { layout, records } = chain(t, 2);
  const path = recordPath(layout, records[0]!);
  copyFileSync(path, join(path, "..", "copy.json"));
  const { problems } = verifyArchive(layout);
  assert.ok(problems.some(problem => problem.includes("copy.json holds the record of")));
  assert.ok(problems.some(problem => problem.includes("both have place 1")));
});

test("a record that was moved to another month is named", t => {
  const { layout, records } = chain(t, 2);
  mkdirSync(join(layout.archive, "2020-01"));
  const path = recordPath(layout, records[1]!);
  for (const ending of ["json", "proofs.ndjson"])
    renameSync(path.replace(/json$/, ending), join(layout.archive, "2020-01", `${records[1]?.id}.${ending}`));
  const { problems } = verifyArchive(layout);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /^archive\/2020-01\/.* lies in another month/);
});

test("a missing file of proofs is named, unless the job proved nothing", t => {
  const { layout, records } = chain(t, 1);
  const unproven = archive(layout, records[0], {
    tables: [outcome("a", { proof: { level: "none", verdict: "not checked" } })],
  });
  for (const record of [records[0]!, unproven]) rmSync(recordPath(layout, record).replace(/json$/, "proofs.ndjson"));
  assert.deepEqual(verifyArchive(layout).problems, [
    `${records[0]?.id} has proofs, but its file of proofs is missing: it was removed.`,
  ]);
});

test("a file that is no record is named", t => {
  const { layout, records } = chain(t, 1);
  writeFileSync(join(recordPath(layout, records[0]!), "..", "shopping.json"), '{"milk":1}');
  assert.deepEqual(verifyArchive(layout).problems, [
    "archive/2026-11/shopping.json can't be read as a record: it was spoilt, or does not belong there.",
  ]);
});

test("a record whose inside was spoilt is named and does not stop the check", t => {
  const { layout, records } = chain(t, 2);
  const text = readFileSync(recordPath(layout, records[0]!), "utf8");
  writeFileSync(recordPath(layout, records[0]!), text.replace(/"tables":\[\{.*?\}\]/, '"tables":[null]'));
  assert.match(verifyArchive(layout).problems[0] ?? "", /can.t be read as a record: it was spoilt/);
});

test("with the right AUDIT_KEY all is well, with none or a wrong one no hash fits", t => {
  const { layout } = chain(t, 3, "secret");
  assert.deepEqual(verifyArchive(layout, "secret").problems, []);
  assert.match(verifyArchive(layout).problems.join(), /^No record matches its hash: the archive is sealed/);
  assert.match(verifyArchive(layout, "other").problems.join(), /^No record matches its hash: AUDIT_KEY is not the one/);
});

test("who does not know AUDIT_KEY cannot replace a record", t => {
  const { layout, records } = chain(t, 3, "secret");
  const forged = { ...records[2]!, submittedBy: "eve" };
  rewrite(layout, forged, { hash: recordHash(forged) });
  assert.deepEqual(verifyArchive(layout, "secret").problems, [
    `${forged.id} is not sealed with AUDIT_KEY though records before it are: it was replaced.`,
  ]);
});

test("records from before AUDIT_KEY was set are well, and sealed by the first that has it", t => {
  const { layout, records } = chain(t, 2);
  archive(layout, records[1], {}, "secret");
  assert.deepEqual(verifyArchive(layout, "secret").problems, []);
  const forged = { ...records[1]!, submittedBy: "eve" };
  rewrite(layout, forged, { hash: recordHash(forged) });
  assert.equal(verifyArchive(layout, "secret").problems.length, 1);
});
