import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  createFile,
  moveFile,
  moveToFreeName,
  removeFile,
  replaceFile,
  writeOwnFile,
} from "../../../core/system/atomic.ts";

test("a created file is whole, has its mode, and leaves nothing beside it", t => {
  const folder = makeFolder(t);
  createFile(join(folder, "a"), "text", 0o600);
  assert.equal(readFileSync(join(folder, "a"), "utf8"), "text");
  assert.equal(statSync(join(folder, "a")).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ["a"]);
});

test("creating a file that is there changes nothing", t => {
  const folder = makeFolder(t);
  createFile(join(folder, "a"), "first");
  assert.throws(() => createFile(join(folder, "a"), "second"), { code: "EEXIST" });
  assert.equal(readFileSync(join(folder, "a"), "utf8"), "first");
  assert.deepEqual(readdirSync(folder), ["a"]);
});

test("replacing a file takes its place", t => {
  const folder = makeFolder(t);
  replaceFile(join(folder, "a"), "first");
  replaceFile(join(folder, "a"), "second");
  assert.equal(readFileSync(join(folder, "a"), "utf8"), "second");
  assert.deepEqual(readdirSync(folder), ["a"]);
});

test("a link that stands where we write leads into no other file", t => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, "victim"), "untouched");
  symlinkSync(join(folder, "victim"), join(folder, "worker.json.tmp"));
  symlinkSync(join(folder, "not there"), join(folder, "reason"));
  for (const name of ["worker.json.tmp", "reason", "new"]) {
    writeOwnFile(join(folder, name), "ours");
    assert.equal(readFileSync(join(folder, name), "utf8"), "ours");
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  }
  assert.equal(readFileSync(join(folder, "victim"), "utf8"), "untouched");
  assert.equal(existsSync(join(folder, "not there")), false);
});

test("moving to a name that is taken changes nothing", t => {
  const folder = makeFolder(t);
  for (const name of ["a", "b"]) writeFileSync(join(folder, name), name);
  assert.throws(() => moveToFreeName(join(folder, "a"), join(folder, "b")), { code: "EEXIST" });
  assert.deepEqual(
    readdirSync(folder).map(name => readFileSync(join(folder, name), "utf8")),
    ["a", "b"],
  );
  moveToFreeName(join(folder, "a"), join(folder, "c"));
  assert.deepEqual(readdirSync(folder), ["b", "c"]);
});

test("a folder moves to a free name like a file, and never into another folder's place", t => {
  const folder = makeFolder(t);
  for (const name of ["a", "b"]) mkdirSync(join(folder, name));
  assert.throws(() => moveToFreeName(join(folder, "a"), join(folder, "b")), { code: "EEXIST" });
  moveToFreeName(join(folder, "a"), join(folder, "c"));
  assert.deepEqual(readdirSync(folder), ["b", "c"]);
});

test("moving what is not there says so, removing it does not", t => {
  const folder = makeFolder(t);
  assert.throws(() => moveFile(join(folder, "a"), join(folder, "b")), { code: "ENOENT" });
  removeFile(join(folder, "a"));
  assert.ok(!existsSync(join(folder, "b")));
});

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "atomic-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
