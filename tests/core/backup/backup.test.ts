import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { readAuditEvents, recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { writeHead } from "../../../core/audit/head.ts";
import { openIndex } from "../../../core/audit/index/open.ts";
import { pruneArchive } from "../../../core/audit/prune.ts";
import { verifyArchive } from "../../../core/audit/verify-chain.ts";
import { type BackupExtras, writeBackup } from "../../../core/backup/backup.ts";
import { restoreBackup } from "../../../core/backup/restore.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { people } from "../../../core/people/people.ts";
import { openPeopleDb } from "../../../core/people/store.ts";
import { formatFile } from "../../../core/store/format.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { type Layout, layoutOf, logFile, prepareLayout } from "../../../core/store/layout.ts";
import { tryLock } from "../../../core/system/lock.ts";
import { archive, temporaryLayout } from "../audit/archive.ts";

const extras: BackupExtras = { settings: "PORTAL_PORT=4000\n", catalogs: "no such file", logs: true };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "backup-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

// A DATA_DIR with something of everything, the first month of it packed.
function full(t: TestContext): { layout: Layout; records: JobRecord[] } {
  const layout = temporaryLayout(t);
  const records: JobRecord[] = [];
  for (const month of ["2025-01", "2026-11"])
    for (let i = 0; i < 2; i++) {
      const at = `${month}-1${i}T09:00:00.000Z`;
      recordAuditEvent({ layout, by: "ada", via: "portal" }, { at, what: "start" });
      const record = archive(layout, records.at(-1), { submittedAt: at, startedAt: at, finishedAt: at });
      writeFileSync(logFile(layout, record.id, 1), `log of ${record.id}\n`);
      appendAudit(layout, record);
      writeHead(layout, record, undefined);
      records.push(record);
    }
  assert.equal([...pruneArchive(layout, { before: "2026-01" })].length, 1);
  const db = openPeopleDb(layout);
  people(db).add("grace", "operator");
  db.close();
  writeFileSync(join(layout.schedules, "nightly.json"), "{}");
  mkdirSync(join(layout.schedules, ".state"));
  writeFileSync(join(layout.schedules, ".state", "nightly.json"), '{"line":"a","since":"2026-11-01T00:00:00Z"}');
  return { layout, records };
}

for (const form of ["a folder", "a file"] as const)
  test(`everything is lost, and ${form} brings it back`, async t => {
    const { layout, records } = full(t);
    const target = join(folder(t), form === "a file" ? "copy.sqlar" : "copy");
    const written = await writeBackup(layout, target, extras);
    assert.deepEqual([written.records, written.problems], [4, []]);
    const [events, check] = [readAuditEvents(layout), verifyArchive(layout)];
    rmSync(layout.root, { recursive: true });
    prepareLayout(layout);
    const restored = await restoreBackup(layout, target, extras);
    assert.deepEqual([restored.records, restored.problems, restored.beside], [4, [], ["restored/settings.env"]]);
    assert.deepEqual(verifyArchive(layout), check);
    assert.deepEqual(readAuditEvents(layout), events);
    for (const record of records) {
      const found = findJob(layout, record.id);
      assert.deepEqual(found?.state === "ended" && found.record, record);
    }
    const db = openPeopleDb(layout);
    assert.deepEqual(
      people(db)
        .all()
        .map(({ name, role }) => [name, role]),
      [["grace", "operator"]],
    );
    db.close();
    assert.deepEqual(readdirSync(layout.schedules).sort(), [".state", "nightly.json"]);
    assert.equal(readFileSync(logFile(layout, records[3]!.id, 1), "utf8"), `log of ${records[3]!.id}\n`);
    assert.equal(readFileSync(join(layout.root, "restored", "settings.env"), "utf8"), extras.settings);
    assert.equal(existsSync(join(layout.root, ".restoring")), false);
    const index = openIndex(layout);
    assert.equal(await index.reconcile(), 4);
    index.close();
  });

test("a backup that is taken while jobs are archived is whole", async t => {
  const layout = temporaryLayout(t);
  const program = join(import.meta.dirname, "..", "audit", "appender.ts");
  const worker = spawn(process.execPath, [program, layout.root, "60"], { stdio: ["ignore", "inherit", "inherit"] });
  const ended = once(worker, "exit");
  const where = folder(t);
  let taken = 0;
  let during = 0;
  while (worker.exitCode === null) {
    const { records, problems } = await writeBackup(layout, join(where, String(taken)), extras);
    assert.deepEqual(problems, []);
    taken += 1;
    if (records > 0 && records < 60) during += 1;
  }
  assert.deepEqual(await ended, [0, null]);
  assert.ok(during > 0, "a backup was taken while the worker archived");
  const other = layoutOf(join(where, "restored"));
  prepareLayout(other);
  const { problems } = await restoreBackup(other, join(where, String(taken - 1)), extras);
  assert.deepEqual(problems, []);
});

test("a backup that was spoilt or cut, is newer or is none is refused, and nothing is changed", async t => {
  const { layout } = full(t);
  const where = folder(t);
  const target = join(where, "copy");
  await writeBackup(layout, target, extras);
  const other = layoutOf(join(where, "other"));
  prepareLayout(other);
  const refused = async (name: string, spoil: (copy: string) => void, message: RegExp) => {
    const copy = join(where, name);
    cpSync(target, copy, { recursive: true });
    spoil(copy);
    await assert.rejects(restoreBackup(other, copy, extras), { message });
    assert.deepEqual([readdirSync(other.archive), existsSync(join(other.root, "people.db"))], [[], false]);
  };
  await refused("edited", copy => appendFileSync(join(copy, "people.db"), "x"), /people\.db is not what was backed up/);
  await refused("missing", copy => rmSync(join(copy, "archive", "head.json")), /archive\/head\.json is missing/);
  const cut = (copy: string) => {
    const path = join(copy, "manifest.ndjson");
    writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(0, 3).join("\n"));
  };
  await refused("cut", cut, /is not whole: its manifest\.ndjson has no end/);
  await refused("newer", copy => writeFileSync(formatFile(copy), '{"version": 99}'), /written by a newer version/);
  await refused("none", copy => rmSync(join(copy, "manifest.ndjson")), /is no backup: it has no manifest/);
  await assert.rejects(restoreBackup(other, join(where, "nowhere"), extras), { message: /There is no backup/ });
});

test("a DATA_DIR that is used is not overwritten, by a backup neither", async t => {
  const { layout } = full(t);
  const target = join(folder(t), "copy");
  await writeBackup(layout, target, extras);
  await assert.rejects(restoreBackup(layout, target, extras), { message: /holds jobs or people already/ });
  await assert.rejects(writeBackup(layout, target, extras), { message: /is there already/ });
  const unlock = tryLock(layout.lock);
  await assert.rejects(restoreBackup(layout, target, extras), { message: /A worker is at work/ });
  unlock?.();
});

test("a DATA_DIR that a newer version wrote is refused with a sentence, an older one is taken over", t => {
  const layout = temporaryLayout(t);
  assert.deepEqual(JSON.parse(readFileSync(formatFile(layout.root), "utf8")), { version: 2 });
  rmSync(formatFile(layout.root));
  prepareLayout(layout);
  assert.deepEqual(JSON.parse(readFileSync(formatFile(layout.root), "utf8")), { version: 2 });
  writeFileSync(formatFile(layout.root), '{"version": 3, "more": true}');
  assert.throws(() => prepareLayout(layout), {
    message: /was written by a newer version of the portal \(format 3; this one knows 2\)\. Install that version/,
  });
  writeFileSync(formatFile(layout.root), "{");
  assert.throws(() => prepareLayout(layout), { message: /format\.json can't be read: write/ });
});
