import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { named } from "../../../formats/logs/formats/named.ts";
import { FORMATS } from "../../../formats/logs/list.ts";
import { keepOwnFormat, ownFormats, ownLogFormats } from "../../../formats/logs/own.ts";
import { isPatient } from "../../../formats/logs/patience.ts";

test("a pattern that tries every way to share a line is refused in a sentence, and looked at once", () => {
  for (const pattern of [
    "(?<message>(a+)+)$",
    "(?<message>(x|xx)+)$",
    "(?<message>.*.*.*.*.*=)",
    String.raw`(?<time>(?:\d+[-: ]?)+)Z`,
    String.raw`(?<message>(?:\w+\s?)*)!$`,
    "(?<message>(?:;|;;)*)!$",
  ]) {
    assert.throws(() => named({ name: "slow", pattern }), /The pattern slow takes too long on a long line/, pattern);
    const began = performance.now();
    assert.equal(isPatient(pattern), false);
    assert.ok(performance.now() - began < 500, pattern);
  }
});

test("patterns as people write them, and all that the product has, are patient", () => {
  for (const pattern of [
    String.raw`(?<time>\S+ \S+) own \[(?<service>\w+)\] (?<message>.*)`,
    String.raw`(?:\[\w+\] )*(?<message>.*)`,
    String.raw`(?<ip>\S+) (?<time>\S+) (?:DEBUG|INFO) (?<message>.*)`,
    ...FORMATS.map(({ begins }) => begins),
  ])
    assert.equal(isPatient(pattern), true, pattern);
});

test("how times are written has only letters that Spark reads", () => {
  const make = (time: string) => named({ name: "own", pattern: "(?<time>\\S+) (?<message>.*)", time });
  for (const time of ["bbb", "YYYY-ww", "dd.MM.yyyy'T", "yyyy-MM-dd{HH}", "yyyy#MM", "dd.MM.yyyy HH:mm]", "Datum: dd"])
    assert.throws(() => make(time), /The time of own, “.*”, has a . that means nothing there/, time);
  for (const time of ["dd.MM.yyyy HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX", "MMM d hh:mm a", "d/M/yyyy, H.mm 'Uhr'"])
    assert.equal(make(time).name, "own", time);
});

test("a broken, deep, odd or linked file in log-patterns/ stops neither the page nor an analysis", t => {
  const root = mkdtempSync(join(tmpdir(), "portal-own-"));
  t.after(() => rmSync(root, { recursive: true }));
  keepOwnFormat(root, { name: "good", pattern: "(?<message>.*)" });
  const put = (name: string, text: string) => writeFileSync(join(root, "log-patterns", `${name}.json`), text);
  put("broken", "{");
  put("deep", `{"pattern":"(?<message>.*)","x":${"[".repeat(9_000)}${"]".repeat(9_000)}}`);
  put("odd", '{"pattern":"(?<message>.*)","sample":{"map":1},"time":7}');
  put("list", "[]");
  put("none", "null");
  mkdirSync(join(root, "log-patterns", "folder.json"));
  symlinkSync("/dev/null", join(root, "log-patterns", "link.json"));
  assert.deepEqual(
    ownFormats(root).map(({ name }) => name),
    ["good"],
  );
  assert.equal(ownLogFormats(root).length, 1);
});
