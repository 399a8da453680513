import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { once, STAMP } from "../../setup/once.mjs";
import { temporaryFolder } from "./stamped.ts";

test("a folder is filled once", async t => {
  const folder = join(temporaryFolder(t), "part-1");
  let times = 0;
  const fill = async (staging: string) => writeFileSync(join(staging, "file"), String(++times));
  await once("part", folder, fill);
  await once("part", folder, fill);
  assert.equal(readFileSync(join(folder, "file"), "utf8"), "1");
});

test("a fill that fails leaves nothing, and the next one succeeds", async t => {
  const cache = temporaryFolder(t);
  const folder = join(cache, "part-1");
  const broken = async (staging: string) => {
    writeFileSync(join(staging, "half"), "");
    throw new Error("no network");
  };
  await assert.rejects(once("part", folder, broken), /no network/);
  assert.deepEqual(readdirSync(cache), []);
  await once("part", folder, async () => {});
  assert.deepEqual(readdirSync(cache), ["part-1"]);
});

test("of two set-ups at the same time the first to finish stays, and the other one is content", async t => {
  const cache = temporaryFolder(t);
  const folder = join(cache, "part-1");
  await once("part", folder, async () => {
    mkdirSync(folder);
    for (const name of ["theirs", STAMP]) writeFileSync(join(folder, name), "");
  });
  assert.equal(existsSync(join(folder, "theirs")), true);
  assert.deepEqual(readdirSync(cache), ["part-1"]);
});

test("a folder without its stamp is made anew", async t => {
  const folder = join(temporaryFolder(t), "part-1");
  mkdirSync(folder);
  writeFileSync(join(folder, "half"), "");
  await once("part", folder, async () => {});
  assert.deepEqual(readdirSync(folder), [STAMP]);
});

test("what a killed set-up left is removed, what a living one is at is not", async t => {
  const cache = temporaryFolder(t);
  const name = (pid: number) => `part-1.${hostname()}.${pid}.tmp`;
  const dead = 2 ** 22 + 1;
  for (const pid of [dead, process.ppid]) mkdirSync(join(cache, name(pid)));
  await once("part", join(cache, "part-1"), async () => {});
  assert.deepEqual(readdirSync(cache).sort(), ["part-1", name(process.ppid)].sort());
});
