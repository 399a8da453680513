import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { AUDIT_REPORTS } from "../../../core/audit/reports.ts";
import { verifyArchive } from "../../../core/audit/verify-chain.ts";
import { type JobRecord, recordHash } from "../../../core/jobs/record.ts";
import { auditEventsFile, auditEventsHeadFile, headFile } from "../../../core/store/archive.ts";
import { runningFiles } from "../../../core/store/layout.ts";
import { appendText } from "../../../core/system/ndjson.ts";
import { hasEngine, makeWorld, until, type World } from "../../worker/world.ts";

interface Archived {
  world: World;
  records: JobRecord[];
  month: string;
  problems(): string[];
  file(ending: string, record?: JobRecord): string;
}

/** Three jobs of a real worker, the last with proofs; before each, somebody started it. */
async function archived(t: TestContext, key?: string): Promise<Archived> {
  const world = makeWorld(t, key ? { AUDIT_KEY: key } : {});
  const worker = world.start({ audit: appendAudit });
  for (const parameters of [{}, {}, { sleepMs: 200 }]) {
    const id = world.submit("light", parameters);
    recordAuditEvent({ layout: world.layout, by: "anna", via: "portal" }, { what: "start", job: id });
    await until(() => hasEngine(world, id) || world.record(id) !== undefined);
    if (parameters.sleepMs) appendText(runningFiles(world.layout, id).proofs, '{"verdict":"equal"}\n');
    await worker.idle();
  }
  await worker.stop("leave");
  const records = world.records();
  const newest = records.at(-1)!;
  const month = newest.finishedAt.slice(0, 7);
  return {
    world,
    records,
    month,
    problems: () => verifyArchive(world.layout, key).problems,
    file: (ending, record = newest) => join(world.layout.archive, record.finishedAt.slice(0, 7), record.id + ending),
  };
}

function dropLines({ layout }: World, id: string): void {
  for (const { name } of AUDIT_REPORTS) {
    const path = join(layout.archive, name);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, lines.filter(line => !line.startsWith(id)).join("\n"));
  }
}

function remove({ world, file }: Archived, record: JobRecord): void {
  rmSync(file(".json", record));
  rmSync(file(".proofs.ndjson", record), { force: true });
  dropLines(world, record.id);
}

test("what the worker archived has no problems, with and without a key", async t => {
  for (const key of [undefined, "secret"]) assert.deepEqual((await archived(t, key)).problems(), []);
});

test("the newest record is missed although its lines and proofs are gone too", async t => {
  const found = await archived(t);
  const newest = found.records[2]!;
  remove(found, newest);
  const [problem, ...others] = found.problems();
  assert.equal(
    problem,
    `Record 3 of the archive, the last of them ${newest.id}, can't be found: the newest were removed.`,
  );
  assert.deepEqual(others, []);
  remove(found, found.records[1]!);
  assert.match(found.problems()[0] ?? "", /^Records 2 to 3 of the archive/);
  remove(found, found.records[0]!);
  assert.match(found.problems()[0] ?? "", /^Records 1 to 3 of the archive/);
});

test("a newest record that was removed stays missed when the worker goes on", async t => {
  const found = await archived(t);
  remove(found, found.records[2]!);
  const worker = found.world.start({ audit: appendAudit });
  const id = found.world.submit("light");
  await worker.idle();
  await worker.stop("leave");
  assert.equal(found.world.record(id)?.sequence, 4);
  assert.match(found.problems().join("\n"), /^Record 3, between .* is missing: it was removed\.$/m);
});

test("a newest record that was replaced and hashed anew is noticed", async t => {
  const found = await archived(t);
  const forged = { ...found.records[2]!, submittedBy: "eve" };
  writeFileSync(found.file(".json"), JSON.stringify({ ...forged, hash: recordHash(forged) }));
  assert.deepEqual(found.problems(), [`${forged.id} is not the record 3 that was archived last: it was replaced.`]);
});

test("a head that is missing, spoilt or not sealed with the key is told", async t => {
  const found = await archived(t, "secret");
  const { layout } = found.world;
  const head = readFileSync(headFile(layout), "utf8");
  remove(found, found.records[2]!);
  rmSync(headFile(layout));
  assert.match(found.problems().join(), /^archive\/head\.json is missing: the newest records may have been removed/);
  for (const text of ["", "{}", "[]", '{"sequence":0}', "\0"]) {
    writeFileSync(headFile(layout), text);
    assert.match(found.problems().join(), /^archive\/head\.json can't be read/, text);
  }
  const { id, hash, sequence } = found.records[1]!;
  writeFileSync(headFile(layout), JSON.stringify({ ...JSON.parse(head), id, hash, sequence }));
  assert.match(found.problems().join(), /^archive\/head\.json is not sealed with AUDIT_KEY: it was replaced/);
});

test("proofs that were added, edited or removed are named", async t => {
  const found = await archived(t);
  const [first, , newest] = found.records;
  appendFileSync(found.file(".proofs.ndjson"), '{"verdict":"equal"}\n');
  assert.deepEqual(found.problems(), [
    `The proofs of ${newest?.id} are not those that it was archived with: they were edited.`,
  ]);
  writeFileSync(found.file(".proofs.ndjson"), '{"verdict":"equal"}\n');
  assert.deepEqual(found.problems(), []);
  writeFileSync(found.file(".proofs.ndjson", first), '{"verdict":"equal"}\n');
  assert.deepEqual(found.problems(), [`${first?.id} had no proofs, but a file of proofs is there: it was added.`]);
  rmSync(found.file(".proofs.ndjson", first));
  const stray = found.file(".proofs.ndjson").replace(newest!.id, `x${newest!.id}`);
  writeFileSync(stray, "{}\n");
  assert.match(found.problems().join(), /belongs to no record: it was added, or its record was removed\.$/);
  rmSync(stray);
  rmSync(found.file(".proofs.ndjson"));
  assert.deepEqual(found.problems(), [`${newest?.id} has proofs, but its file of proofs is missing: it was removed.`]);
});

test("an audit event that was forged, edited, moved, doubled or removed is named", async t => {
  const { world, month, problems } = await archived(t);
  const path = auditEventsFile(world.layout, month);
  const whole = readFileSync(path, "utf8");
  const [first = "", second = "", third = ""] = whole.split("\n");
  const forged = JSON.stringify({ at: `${month}-01T00:00:00.000Z`, by: "ben", what: "role", about: "eve" });
  const attacks: Record<string, [string, RegExp]> = {
    "added at the end": [`${whole}${forged}\n`, /^Line 4 of archive\/.*has no hash: it was added or edited/],
    "added without a line break": [whole + forged, /ends with a line that a crash tore, or that somebody added/],
    "added with another's hash": [
      `${whole}${forged.slice(0, -1)},"sequence":4,"hash":"${"a".repeat(64)}"}\n`,
      /^Line 4 of .* does not match its hash/,
    ],
    "added in the middle": [`${first}\n${forged}\n${second}\n${third}\n`, /^Line 2 of .* has no hash/],
    edited: [whole.replace("anna", "ben"), /^Line 1 of .* does not match its hash/],
    doubled: [`${whole}${third}\n`, /^Line 4 of .* does not match its hash/],
    "changed places": [`${second}\n${first}\n${third}\n`, /^Line 1 of .* does not match its hash/],
    "the first removed": [`${second}\n${third}\n`, /^Line 1 of .* does not match its hash/],
    "the last removed": [`${first}\n${second}\n`, /had 3 audit events, but 2 are there: the others were removed/],
    "all removed": ["", /had \d audit events, but 0 are there/],
  };
  for (const [attack, [text, told]] of Object.entries(attacks)) {
    writeFileSync(path, text);
    assert.match(problems().join("\n"), told, attack);
  }
  rmSync(path);
  assert.match(problems().join("\n"), /had \d audit events, but 0 are there/);
  writeFileSync(path, whole);
  assert.deepEqual(problems(), []);
  rmSync(auditEventsHeadFile(world.layout));
  assert.match(problems().join(), /audit-events-head\.json is missing: the newest audit events may have been removed/);
});

test("audit events that were all written anew are betrayed by the records", async t => {
  const { world, month, problems } = await archived(t);
  rmSync(auditEventsFile(world.layout, month));
  for (let i = 0; i < 3; i++) recordAuditEvent({ layout: world.layout, by: "ben", via: "portal" }, { what: "start" });
  assert.match(
    problems().join("\n"),
    /knows another audit event \d of .* than the one that is there: events were replaced/,
  );
});

test("an event that a crash tore is cut off by the next one, and nothing is wrong", async t => {
  const { world, month, problems } = await archived(t);
  appendFileSync(auditEventsFile(world.layout, month), `{"at":"${month}-02T`);
  recordAuditEvent({ layout: world.layout, by: "anna", via: "portal" }, { what: "log in" });
  assert.deepEqual(problems(), []);
});
