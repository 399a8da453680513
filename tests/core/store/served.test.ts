import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { followUpId, newId } from "../../../core/jobs/id.ts";
import { layoutOf, prepareLayout } from "../../../core/store/layout.ts";
import { openServed, type ServedKind, servedFile } from "../../../core/store/served.ts";

const ID = newId("ingest-hive");

test("each kind of file is opened by its own name, with its size and a name for downloads", async t => {
  const layout = world(t);
  await using log = await openServed(layout, "log", `${ID}.2.log`);
  assert.equal(log?.size, 6);
  assert.equal(log.name, `${ID}.2.log`);
  assert.ok(log.modified.getTime() <= Date.now());
  assert.equal((await log.handle.read()).buffer.toString("utf8", 0, 6), "secon\n");
  const there: [ServedKind, string, string?][] = [
    ["log", `${ID}.log`],
    ["log", `${followUpId(ID)}.log`],
    ["events", `${ID}.events.ndjson`],
    ["record", `${ID}.json`, "2026-11"],
    ["proofs", `${ID}.proofs.ndjson`, "2026-11"],
    ["auditEvents", "audit-events.ndjson", "2026-11"],
    ["report", "audit.csv"],
    ["report", "audit-tables.csv"],
    ["rejected", 'my "best" jöb.2.json'],
    ["rejected", "orders..json.reason.txt"],
  ];
  for (const [kind, name, month] of there) {
    await using file = await openServed(layout, kind, name, month);
    assert.ok(file, `${kind} ${name}`);
    assert.match(file.name, /^[A-Za-z0-9._-]+$/);
  }
});

test("a name that leaves the folder, or is of another kind, is no file", async t => {
  const layout = world(t);
  const away = [
    "../secret.log",
    "..",
    ".",
    "",
    "../../etc/passwd",
    "/etc/passwd",
    "..\\secret.log",
    `../logs/${ID}.log`,
  ];
  const odd = [
    "a\0b",
    `${ID}.log\0.png`,
    `${ID}.log\n`,
    `${ID}.log/`,
    `./${ID}.log`,
    decodeURIComponent("..%2fsecret.log"),
  ];
  const other = [`${ID}.events.ndjson`, `.${ID}.log`, `${ID}.0.log`, `${ID}.LOG`, "x".repeat(5000), `${ID}..log`];
  for (const name of [...away, ...odd, ...other]) assert.equal(await openServed(layout, "log", name), undefined, name);
  for (const name of [".hidden.json", "x".repeat(229), "../worker.json", "a/b.json", "secret"])
    assert.equal(await openServed(layout, "rejected", name), undefined, name);
  assert.equal(await openServed(layout, "report", "head.json"), undefined);
});

test("a month is a month, and no way out of the archive", async t => {
  const layout = world(t);
  symlinkSync(layout.logs, join(layout.archive, "2026-12"));
  for (const month of [
    undefined,
    "",
    ".",
    "..",
    "2026-11/..",
    "../archive/2026-11",
    "2026-10",
    "2026-11\0",
    "2026-11\n",
  ])
    assert.equal(await openServed(layout, "record", `${ID}.json`, month), undefined, month);
  // A folder of another place under the name of a month.
  writeFileSync(join(layout.logs, `${ID}.json`), "{}");
  assert.equal(await openServed(layout, "record", `${ID}.json`, "2026-12"), undefined);
});

test("only a regular file is opened: no link, no folder, no pipe, no device", async t => {
  const layout = world(t);
  const at = (name: string) => join(layout.rejected, name);
  symlinkSync("/etc/passwd", at("link.json"));
  symlinkSync(join(layout.root, "missing"), at("dead.json"));
  symlinkSync("loop.json", at("loop.json"));
  symlinkSync("/dev/zero", at("zero.json"));
  mkdirSync(at("folder.json"));
  execFileSync("mkfifo", [at("pipe.json")]);
  for (const name of ["link.json", "dead.json", "loop.json", "zero.json", "folder.json", "pipe.json"])
    assert.equal(await openServed(layout, "rejected", name), undefined, name);
});

test("a DATA_DIR that is itself a link is followed", async t => {
  const layout = world(t);
  symlinkSync(layout.root, join(layout.root, "linked"));
  await using log = await openServed(layoutOf(join(layout.root, "linked")), "log", `${ID}.log`);
  assert.equal(log?.size, 6);
});

test("a pattern holds for the whole name, whatever its flags", async t => {
  const layout = world(t);
  for (const pattern of [/log/, /log$/, /^2/, /log/g, new RegExp(`^${ID}`)])
    assert.equal(await servedFile(layout.logs, `${ID}.log`, pattern), undefined, String(pattern));
  const global = new RegExp(`^${ID}\\.log$`, "g");
  for (let i = 0; i < 3; i++) {
    await using file = await servedFile(layout.logs, `${ID}.log`, global);
    assert.ok(file);
  }
});

test("a file that is kept under two names for a moment is served", async t => {
  const layout = world(t);
  linkSync(join(layout.logs, `${ID}.log`), join(layout.logs, ".temporary"));
  truncateSync(join(layout.logs, `${ID}.log`), 3);
  await using file = await openServed(layout, "log", `${ID}.log`);
  assert.equal(file?.size, 3);
});

function world(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "served-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const layout = layoutOf(root);
  prepareLayout(layout);
  const month = join(layout.archive, "2026-11");
  mkdirSync(month);
  const files: [string, string][] = [
    [layout.logs, `${ID}.log`],
    [layout.logs, `${ID}.2.log`],
    [layout.logs, `${followUpId(ID)}.log`],
    [layout.logs, `${ID}.events.ndjson`],
    [month, `${ID}.json`],
    [month, `${ID}.proofs.ndjson`],
    [month, "audit-events.ndjson"],
    [layout.archive, "audit.csv"],
    [layout.archive, "audit-tables.csv"],
    [layout.archive, "head.json"],
    [layout.rejected, 'my "best" jöb.2.json'],
    [layout.rejected, "orders..json.reason.txt"],
    [layout.rejected, ".hidden.json"],
    [layout.queue, "worker.json"],
    [root, "secret.log"],
  ];
  for (const [folder, name] of files)
    writeFileSync(join(folder, name), name.endsWith(".2.log") ? "secon\n" : "first\n");
  return layout;
}
