import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appendAudit } from "../../core/audit/append-report.ts";
import { archive, recordPath, temporaryLayout } from "../core/audit/archive.ts";
import { command } from "./run.ts";

const NAMES = ["audit.csv", "audit-tables.csv"];

test("the audit makes both reports anew, the same to the byte, and says what it found", async t => {
  const layout = temporaryLayout(t);
  const first = archive(layout, undefined, { note: 'ä, "=1"\n' });
  const second = archive(layout, first);
  for (const record of [first, second]) appendAudit(layout, record);
  const appended = NAMES.map(name => readFileSync(join(layout.archive, name), "utf8"));
  for (const name of NAMES) rmSync(join(layout.archive, name));
  const { code, out } = await command("audit.ts", layout);
  assert.equal(code, 0, out);
  assert.deepEqual(
    NAMES.map(name => readFileSync(join(layout.archive, name), "utf8")),
    appended,
  );
  assert.match(out, new RegExp(`^2 records, ended from ${first.finishedAt} to ${second.finishedAt}\n`));
  assert.ok(out.includes(`newest hash ${second.hash}`));
  assert.match(out, /✓ The archive is whole/);
});

test("the audit of an archive that was touched names the record and ends with 1", async t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  archive(layout, first);
  writeFileSync(recordPath(layout, first), JSON.stringify({ ...first, submittedBy: "eve" }));
  const { code, out } = await command("audit.ts", layout);
  assert.equal(code, 1);
  assert.match(out, /✕ 1 problem in the archive:/);
  assert.ok(out.includes(`${first.id} does not match its hash`));
});

test("the lines of a record that was removed are kept, though the new report is without them", async t => {
  const layout = temporaryLayout(t);
  const first = archive(layout);
  const second = archive(layout, first);
  for (const record of [first, second]) appendAudit(layout, record);
  rmSync(recordPath(layout, second));
  const { code, out } = await command("audit.ts", layout);
  assert.equal(code, 1);
  assert.ok(out.includes(`${second.id} is in audit.csv but not in the archive`));
  const kept = readdirSync(layout.archive).find(name => /^audit-2\d+T\d+Z\.csv$/.test(name));
  assert.ok(readFileSync(join(layout.archive, kept ?? ""), "utf8").includes(second.id));
  assert.ok(!readFileSync(join(layout.archive, "audit.csv"), "utf8").includes(second.id));
});

test("the audit checks with AUDIT_KEY and never prints it", async t => {
  const layout = temporaryLayout(t);
  archive(layout, archive(layout, undefined, {}, "s3cret"), {}, "s3cret");
  const right = await command("audit.ts", layout, [], { AUDIT_KEY: "s3cret" });
  assert.equal(right.code, 0, right.out);
  const wrong = await command("audit.ts", layout, [], { AUDIT_KEY: "0ther" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.out, /AUDIT_KEY is not the one of this archive/);
  assert.doesNotMatch(right.out + right.err + wrong.out + wrong.err, /s3cret|0ther/);
});
