import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readSettings } from "../../../core/settings.ts";
import { patternBelow } from "../../../core/store/readable.ts";
import { filesAt } from "../../../engines/analyze-logs/places.ts";
import { findSource } from "../../../formats/csv/source.ts";

function world(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "portal-readable-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ["data", "in", "secret"]) mkdirSync(join(root, folder));
  writeFileSync(join(root, "in", "a.csv"), "x\n");
  writeFileSync(join(root, "secret", "there.csv"), "x\n");
  symlinkSync(join(root, "secret"), join(root, "in", "link"));
  symlinkSync("loop", join(root, "in", "loop"));
  const settings = readSettings({ DATA_DIR: join(root, "data"), FILES_FROM: join(root, "in") }, "/nowhere/.env");
  return { root, settings, places: { settings, config: { folders: [], watch: [] } } };
}

function sentenceOf(asked: string, find: () => unknown): string {
  try {
    find();
  } catch (error) {
    return (error as Error).message.replaceAll(asked, "X");
  }
  return "found";
}

test("what does not exist and what may not be read are answered in the same words", t => {
  const { root, settings, places } = world(t);
  mkdirSync(join(root, "closed"));
  chmodSync(join(root, "closed"), 0);
  const asked = [
    ...["secret/there.csv", "secret/not.csv", "secret", "in/link/there.csv", "in/link/not.csv", "in/loop", "closed/x"],
    ...["in/../secret/there.csv", "in/../secret/not.csv", `in/${"x".repeat(300)}`, "in/not.csv"],
  ].map(path => join(root, path).replace(join(root, "secret/../"), root));
  const all = [
    ...asked,
    "/etc/shadow",
    "/etc/hostname",
    `${root}/in/../secret/there.csv`,
    `file:${root}/secret/there.csv`,
  ];
  for (const one of [...all, "file:///%2fetc%2fpasswd", "file://elsewhere/etc/passwd"]) {
    const csv = sentenceOf(one, () => findSource(one, settings));
    const logs = sentenceOf(one, () => filesAt(one, places));
    assert.match(csv, /^There is no file X that may be read here/, one);
    assert.equal(logs, csv, one);
  }
  assert.equal(
    sentenceOf("", () => findSource(join(root, "in", "a.csv"), settings)),
    "found",
  );
});

test("a pattern never looks outside of the allowed folders, nor tells what is there", t => {
  const { root, places } = world(t);
  for (const asked of [
    ...[`${root}/secret/*.csv`, `${root}/secret/no-*`, "/**", "/etc/*", "/proc/*/environ", `${root}/*/there.csv`],
    ...[`${root}/in/../secret/*`, `${root}/in/{x,../secret}/*`, `${root}/in/*/../../secret/*`, `${root}/in\\..\\*`],
    ...[`${root}/in/link/*.csv`, `file:${root}/secret/*`],
  ])
    assert.match(
      sentenceOf(asked, () => filesAt(asked, places)),
      /^(There is no file X that may be read|No file is named)/,
    );
  assert.deepEqual(
    filesAt(`${root}/in/*.csv`, places).map(({ path }) => path.split("/").at(-1)),
    ["a.csv"],
  );
  assert.equal(patternBelow("/srv/logs (old)/*.log", ["/srv/logs (old)"])?.pattern, "*.log");
  assert.equal(patternBelow("/srv/logsx/*.log", ["/srv/logs"]), undefined);
});
