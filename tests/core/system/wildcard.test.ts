import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { namesLike, wildcard } from "../../../core/system/wildcard.ts";

test("a star stands for any signs of a name, two for folders too, and nothing else has a meaning", () => {
  for (const [pattern, text, isLike] of [
    ...([["*", "a.log", true] as const, ["*.log", "a.log.gz", false], ["a*b*c", "a-b-c", true]] as const),
    ...([["a*", "a/b", false] as const, ["a**", "a/b", true], ["a*b", "ab", true], ["a", "ab", false]] as const),
    ...([
      ["a?", "ab", false] as const,
      ["[ab]", "a", false],
      ["{a,b}", "a", false],
      ["a+(b)*", "a+(b)c", true],
    ] as const),
    ...([["(a|b)*", "a", false] as const, ["*😀*", "x😀y", true], ["", "", true], ["*", "", true]] as const),
  ] as const)
    assert.equal(wildcard(pattern)(text), isLike, `${pattern} ${text}`);
});

test("many stars, or braces, are answered at once", t => {
  const root = mkdtempSync(join(tmpdir(), "portal-wild-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "d", "e"), { recursive: true });
  writeFileSync(join(root, "d", "e", "a".repeat(250)), "x");
  const began = performance.now();
  assert.equal(wildcard(`${"*a".repeat(90)}*b`)("a".repeat(250)), false);
  assert.equal(wildcard(`${"**a".repeat(60)}b`)("a".repeat(250)), false);
  for (const pattern of [
    "**/*{1..99999999}",
    `**/${"*a".repeat(80)}b`,
    `${"**/*/".repeat(40)}b`,
    `*${"{a,b}".repeat(60)}`,
  ])
    assert.deepEqual(namesLike(root, pattern), [], pattern);
  assert.deepEqual(namesLike(root, "**/**/e/*a"), [join("d", "e", "a".repeat(250))]);
  assert.ok(performance.now() - began < 5_000);
});

test("two stars follow no link to a folder", t => {
  const root = mkdtempSync(join(tmpdir(), "portal-wild-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "in"));
  writeFileSync(join(root, "in", "a.log"), "x");
  symlinkSync(root, join(root, "in", "loop"));
  assert.deepEqual(namesLike(root, "**/*.log"), [join("in", "a.log")]);
  assert.deepEqual(namesLike(root, "in/a.log"), [join("in", "a.log")]);
  assert.deepEqual(namesLike(root, "no/*"), []);
});
