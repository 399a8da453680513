import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { checkWholeArchive } from "../../../core/audit/check-archive.ts";
import { newestEvents } from "../../../core/audit/event-chain.ts";
import { sha256OfFile } from "../../../core/audit/findings.ts";
import { writeHead } from "../../../core/audit/head.ts";
import { openIndex } from "../../../core/audit/index/open.ts";
import { monthBefore, pruneArchive } from "../../../core/audit/prune.ts";
import { readRecord } from "../../../core/audit/records.ts";
import { verifyArchive } from "../../../core/audit/verify-chain.ts";
import { issueCertificate } from "../../../core/certificate/issue.ts";
import { verifyCertificate } from "../../../core/certificate/verify.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { PROJECT } from "../../../core/settings.ts";
import { monthFolder, recordFile } from "../../../core/store/archive.ts";
import { findJob, knownIds, listEnded } from "../../../core/store/jobs-on-disk.ts";
import { archivedRecord, eventsFile, type Layout, layoutOf, logFile } from "../../../core/store/layout.ts";
import { packFile } from "../../../core/store/packed.ts";
import { openServed } from "../../../core/store/served.ts";
import { openRecordChain } from "../../../worker/finish/record-chain.ts";
import { archive, temporaryLayout } from "./archive.ts";

const KEY = "a key of this test";
const OLD = ["2025-01", "2025-02"] as const;
const ALL = [...OLD, "2026-11"] as const;

// Jobs of three months, as the worker leaves them: each with proofs, a log, events, its line in the report.
function archived(t: TestContext): { layout: Layout; records: JobRecord[] } {
  const layout = temporaryLayout(t);
  const records: JobRecord[] = [];
  for (const month of ALL)
    for (let day = 10; day < 13; day++) {
      const at = `${month}-${day}T09:00:00.000Z`;
      recordAuditEvent({ layout, by: "ada", via: "portal" }, { at, what: "start", about: "a job" });
      const id = newId("ingest-hive", new Date(at));
      const proofs = join(monthFolder(layout, month), `${id}.proofs.ndjson`);
      writeFileSync(proofs, '{"verdict":"equal"}\n');
      const given = { id, submittedAt: at, startedAt: at, finishedAt: `${month}-${day}T09:01:00.000Z` };
      const sealed = { proofsSha256: sha256OfFile(proofs), auditEvents: newestEvents(layout) };
      const record = archive(layout, records.at(-1), { ...given, ...sealed, note: `note ${records.length}` }, KEY);
      writeFileSync(logFile(layout, id, 1), `line of ${id}\nsucceeded\n`);
      writeFileSync(logFile(layout, id, 2), "");
      writeFileSync(eventsFile(layout, id), '{"event":"planned"}\n');
      appendAudit(layout, record);
      writeHead(layout, record, KEY);
      records.push(record);
    }
  return { layout, records };
}

function prune(layout: Layout, before = "2026-01") {
  return [...pruneArchive(layout, { before, key: KEY })];
}

test("old months become one file each, and the chain, the report and the events hold as before", t => {
  const { layout, records } = archived(t);
  const before = verifyArchive(layout, KEY);
  assert.deepEqual([before.problems, before.records], [[], 9]);
  const report = readFileSync(join(layout.archive, "audit.csv"), "utf8");
  const packed = prune(layout);
  assert.deepEqual(
    packed.map(({ month, jobs, files, kept }) => ({ month, jobs, files, kept })),
    OLD.map(month => ({ month, jobs: 3, files: 15, kept: [] })),
  );
  for (const month of OLD) {
    assert.deepEqual(readdirSync(monthFolder(layout, month)), ["audit-events.ndjson"]);
    assert.equal(statSync(packFile(layout, month)).mode & 0o077, 0);
  }
  assert.equal(readdirSync(layout.logs).length, 3 * 3);
  assert.deepEqual(verifyArchive(layout, KEY), before);
  checkWholeArchive(layout, KEY);
  assert.equal(readFileSync(join(layout.archive, "audit.csv"), "utf8"), report);
  assert.equal(openRecordChain(layout, KEY).head().hash, records.at(-1)?.hash);
  assert.deepEqual(prune(layout), []);
});

test("a packed job is found, read, served and certified as one that is not", async t => {
  const { layout, records } = archived(t);
  const [first] = records;
  const { id } = first!;
  const index = openIndex(layout);
  await index.reconcile();
  const issued = { at: new Date().toISOString(), by: "ada" };
  const certificate = issueCertificate({ layout, index }, { kind: "job", name: id }, issued);
  index.close();
  const path = archivedRecord(layout, id);
  const [known, ended] = [knownIds(layout).sort(), listEnded(layout, 9).map(({ record }) => record)];
  prune(layout);
  assert.equal(existsSync(path ?? ""), false);
  assert.equal(archivedRecord(layout, id), path);
  assert.deepEqual(readRecord(path ?? ""), first);
  assert.deepEqual(findJob(layout, id), { state: "ended", id, record: first, path });
  assert.deepEqual(knownIds(layout).sort(), known);
  assert.deepEqual(
    listEnded(layout, 9).map(({ record }) => record),
    ended,
  );
  assert.deepEqual(verifyCertificate(certificate, layout, KEY).problems, []);
  const text = async (...words: Parameters<typeof openServed> extends [Layout, ...infer W] ? W : never) => {
    await using file = await openServed(layout, ...words);
    return file && { size: file.size, text: await file.handle.readFile("utf8") };
  };
  const log = `line of ${id}\nsucceeded\n`;
  assert.deepEqual(await text("log", `${id}.log`), { size: log.length, text: log });
  assert.equal((await text("events", `${id}.events.ndjson`))?.text, '{"event":"planned"}\n');
  assert.equal((await text("proofs", `${id}.proofs.ndjson`, "2025-01"))?.text, '{"verdict":"equal"}\n');
  assert.deepEqual(JSON.parse((await text("record", `${id}.json`, "2025-01"))?.text ?? ""), first);
  assert.equal(await text("record", `${id}.json`, "2025-02"), undefined);
});

test("an index that is made anew finds packed jobs, and one that was there keeps them", async t => {
  const { layout } = archived(t);
  const first = openIndex(layout);
  await first.reconcile();
  const rows = first.jobs({ text: "note" }).rows;
  assert.equal(rows.length, 9);
  prune(layout);
  assert.equal(await first.reconcile(), 0);
  assert.deepEqual(first.jobs({ text: "note" }).rows, rows);
  first.close();
  for (const name of readdirSync(layout.archive).filter(name => name.startsWith(".index")))
    rmSync(join(layout.archive, name));
  const second = openIndex(layout);
  assert.equal(await second.reconcile(), 9);
  assert.deepEqual(second.jobs({ text: "note" }).rows, rows);
  second.close();
});

test("what is edited in a pack, taken out of it or added is named", t => {
  const { layout, records } = archived(t);
  prune(layout);
  const pack = packFile(layout, OLD[0]);
  const name = (id: string, ending: string) => `archive/${OLD[0]}/${id}.${ending}`;
  const [a, b] = records.map(({ id }) => id);
  const change = (sql: string, ...values: (string | Uint8Array | number)[]) => {
    const database = new DatabaseSync(pack);
    database.prepare(sql).run(...values);
    database.close();
    return verifyArchive(layout, KEY).problems.join("\n");
  };
  const edited = Buffer.from(JSON.stringify({ ...records[0], note: "another" }));
  const write = "update sqlar set data = ?, sz = ? where name = ?";
  assert.match(change(write, edited, edited.length, name(a!, "json")), new RegExp(`${a} does not match its hash`));
  assert.match(change(write, Buffer.from("{}"), 2, name(a!, "proofs.ndjson")), new RegExp(`proofs of ${a} are not`));
  assert.match(
    change("delete from sqlar where name = ?", name(b!, "json")),
    new RegExp(`${b} is in audit.csv but not`),
  );
  rmSync(pack);
  assert.match(verifyArchive(layout, KEY).problems.join("\n"), /Records 1 to 3, before/);
});

test("a month that is not as it was archived stays as it is", t => {
  const { layout, records } = archived(t);
  const path = recordFile(layout, OLD[1], records[4]!.id);
  writeFileSync(path, JSON.stringify({ ...records[4], note: "another" }));
  assert.throws(() => prune(layout), /does not match its hash: it was edited\. Its month was not packed: see/);
  assert.equal(existsSync(packFile(layout, OLD[0])), true);
  assert.equal(existsSync(packFile(layout, OLD[1])), false);
  assert.equal(existsSync(recordFile(layout, OLD[1], records[3]!.id)), true);
});

test("a job that comes into a packed month later is packed beside the others", t => {
  const { layout, records } = archived(t);
  prune(layout);
  const at = "2025-01-20T09:00:00.000Z";
  const late = archive(layout, records.at(-1), { submittedAt: at, startedAt: at, finishedAt: at }, KEY);
  writeHead(layout, late, KEY);
  appendAudit(layout, late);
  assert.deepEqual(
    prune(layout).map(({ month, jobs }) => ({ month, jobs })),
    [{ month: OLD[0], jobs: 1 }],
  );
  const { problems, records: count } = verifyArchive(layout, KEY);
  assert.deepEqual([problems, count], [[], 10]);
});

test("wherever packing is killed, nothing is lost and the next run ends it", t => {
  const { layout, records } = archived(t);
  const whole = verifyArchive(layout, KEY);
  const folder = mkdtempSync(join(tmpdir(), "prune-"));
  t.after(() => rmSync(folder, { recursive: true }));
  let kills = 0;
  // Each file is removed in a call of its own: some of these moments are enough.
  for (const call of [1, 2, 3, 4, 9, 17, 19, 20, 30]) {
    const copy = layoutOf(join(folder, String(call)));
    cpSync(layout.root, copy.root, { recursive: true, preserveTimestamps: true });
    const program = `import { watchFailpoints } from "${PROJECT}/core/system/failpoint.ts";
      import { pruneArchive } from "${PROJECT}/core/audit/prune.ts";
      import { layoutOf } from "${PROJECT}/core/store/layout.ts";
      watchFailpoints(number => { if (number === ${call}) process.kill(process.pid, "SIGKILL"); });
      [...pruneArchive(layoutOf(${JSON.stringify(copy.root)}), { before: "2026-01", key: "${KEY}" })];`;
    const { signal } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", program]);
    if (signal === "SIGKILL") kills += 1;
    assert.deepEqual(verifyArchive(copy, KEY), whole, `after a kill at call ${call}`);
    for (const { id } of records) assert.ok(findJob(copy, id), `${id} after a kill at call ${call}`);
    prune(copy);
    assert.deepEqual(readdirSync(monthFolder(copy, OLD[0])), ["audit-events.ndjson"]);
    assert.equal(readdirSync(copy.logs).length, 9);
    assert.deepEqual(verifyArchive(copy, KEY), whole);
  }
  assert.equal(kills, 9);
});

test("months count as old by their last day", () => {
  const now = Date.parse("2026-11-30T12:00:00Z");
  assert.equal(monthBefore(400, now), "2025-10");
  assert.equal(monthBefore(35, now), "2026-10");
});
