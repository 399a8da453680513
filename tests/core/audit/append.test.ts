import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { rebuildAudit } from "../../../core/audit/rebuild.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { archive, outcome, recordPath, temporaryLayout } from "./archive.ts";

const NAMES = ["audit.csv", "audit-tables.csv"];
const ODD = [
  "=1+1",
  'say "x"',
  "two\nlines",
  "a,b",
  " lead",
  "trail ",
  "雪 🎿 ä",
  "'",
  "\t-1",
  "\ufeffbom",
  "\ud800",
  "",
  "\\",
];

function reports(layout: Layout): string[] {
  return NAMES.map(name => readFileSync(join(layout.archive, name), "utf8"));
}

// The same numbers every time.
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function oddRecord(layout: Layout, before: JobRecord | undefined, next: (below: number) => number): JobRecord {
  const text = () => ODD[next(ODD.length)] ?? "";
  const tables = Array.from({ length: next(40) === 0 ? 700 : next(5) }, (_, i) =>
    outcome(`t${i}${text()}`, next(2) ? {} : { outcome: "failed", error: { message: text() } }),
  );
  const finishedAt = `2026-${next(2) ? "11" : "12"}-03T00:00:00.000Z`;
  return archive(layout, before, { tables, finishedAt, note: text(), file: text(), submittedBy: text() });
}

test("what was appended record by record is what a rebuild gives, to the byte", t => {
  const layout = temporaryLayout(t);
  const next = random(7);
  let record: JobRecord | undefined;
  for (let i = 0; i < 200; i++) {
    record = oddRecord(layout, record, next);
    appendAudit(layout, record);
  }
  const appended = reports(layout);
  assert.equal(appended[0]?.split("\n").length, 202);
  for (const name of NAMES) rmSync(join(layout.archive, name));
  rebuildAudit(layout);
  assert.deepEqual(reports(layout), appended);
});

test("a record that is appended again is there once", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  appendAudit(layout, first);
  const second = archive(layout, first, { tables: Array.from({ length: 500 }, (_, i) => outcome(`t${i}`)) });
  appendAudit(layout, second);
  const once = reports(layout);
  appendAudit(layout, second);
  assert.deepEqual(reports(layout), once);
});

test("wherever a crash tears the report, appending again mends it", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  appendAudit(layout, first);
  const before = NAMES.map(name => statSync(join(layout.archive, name)).size);
  const second = archive(layout, first, { note: 'x, "y"', tables: [outcome("a"), outcome("b"), outcome("c")] });
  appendAudit(layout, second);
  const whole = reports(layout);
  for (const [i, name] of NAMES.entries()) {
    const path = join(layout.archive, name);
    const { size } = statSync(path);
    for (let length = before[i] ?? 0; length < size; length += 7) {
      truncateSync(path, length);
      appendAudit(layout, second);
      assert.deepEqual(reports(layout), whole);
    }
  }
});

test("a last line of zeros, as a power failure leaves it, is cut", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  appendAudit(layout, first);
  const second = archive(layout, first);
  for (const name of NAMES) appendFileSync(join(layout.archive, name), Buffer.alloc(9000));
  appendAudit(layout, second);
  const appended = reports(layout);
  rebuildAudit(layout);
  assert.deepEqual(reports(layout), appended);
});

test("a job whose id starts with another's id keeps both rows", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  appendAudit(layout, first);
  appendAudit(layout, archive(layout, first, { id: `${first.id}-1` }));
  assert.equal(reports(layout)[0]?.split("\n").length, 4);
});

for (const name of NAMES)
  test(`${name} is made anew with all older records when it is missing, empty or has other columns`, t => {
    const layout = temporaryLayout(t);
    const first = archive(layout);
    const second = archive(layout, first);
    rebuildAudit(layout);
    const whole = reports(layout);
    const path = join(layout.archive, name);
    for (const spoil of [() => rmSync(path), () => truncateSync(path), () => writeFileSync(path, "id,other\n1,2\n")]) {
      spoil();
      appendAudit(layout, second);
      assert.deepEqual(reports(layout), whole);
    }
  });

test("appending costs the same whatever the archive holds: only the end of the report is read", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  appendAudit(layout, first);
  // Were the archive read, or the report from its start, this would be noticed and mended.
  writeFileSync(recordPath(layout, first), "spoilt");
  const spoilt = `${first.id},${"x".repeat(1_000_000)}\n`;
  for (const name of NAMES) appendFileSync(join(layout.archive, name), spoilt);
  appendAudit(layout, archive(layout, first));
  for (const text of reports(layout)) assert.ok(text.includes(spoilt));
});

test("a record that the report lacks, because the disk was full, comes with the next one", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  appendAudit(layout, first);
  const second = archive(layout, first);
  const third = archive(layout, second);
  appendAudit(layout, third);
  const appended = reports(layout);
  assert.match(appended[0] ?? "", new RegExp(`\n${second.id},.*\n${third.id},.*\n$`));
  rebuildAudit(layout);
  assert.deepEqual(reports(layout), appended);
});

test("a record that is appended after a newer one finds its place", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  const second = archive(layout, first);
  for (const record of [first, second, first]) appendAudit(layout, record);
  const appended = reports(layout);
  rebuildAudit(layout);
  assert.deepEqual(reports(layout), appended);
});

test("a rebuild leaves nothing behind but the two reports and its lock", t => {
  const layout = temporaryLayout(t);
  archive(layout);
  rebuildAudit(layout);
  assert.deepEqual(readdirSync(layout.archive).sort(), [".audit.lock", "2026-11", "audit-tables.csv", "audit.csv"]);
});

test("the report of an empty archive is its header", t => {
  const layout = temporaryLayout(t);
  rebuildAudit(layout);
  assert.ok(NAMES.every(name => existsSync(join(layout.archive, name))));
  assert.ok(reports(layout).every(text => text.endsWith("\n") && text.split("\n").length === 2));
});

test("a record that was spoilt by hand does not keep the others out of the report", t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  const second = archive(layout, first, { tables: [outcome("a", { rows: "many" })] });
  writeFileSync(join(recordPath(layout, first), "..", "note.json"), "null");
  rebuildAudit(layout);
  assert.ok(reports(layout)[0]?.includes(first.id));
  assert.ok(!reports(layout)[0]?.includes(second.id));
});
