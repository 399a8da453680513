import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../core/settings.ts";
import { files, sources, text, topOf } from "./sources.ts";

test("no file is over 300 lines", () => {
  const long = files(PROJECT).filter(path => text(path).split("\n").length - 1 > 300);
  assert.deepEqual(long, []);
});

test("no folder has more than 18 source files", () => {
  const sizes = new Map<string, number>();
  for (const path of sources.filter(one => /\.(ts|mjs)$/.test(one)))
    sizes.set(dirname(path), (sizes.get(dirname(path)) ?? 0) + 1);
  assert.deepEqual(
    [...sizes].filter(([, size]) => size > 18).map(([folder]) => folder),
    [],
  );
});

test("no function of the worker is over 60 lines", () => {
  const long = sources
    .filter(path => path.startsWith("worker"))
    .flatMap(path => {
      const functions = [...text(path).matchAll(/^(?:export )?(?:async )?function\*? (\w+)[\s\S]*?^}/gm)];
      return functions.filter(([all]) => all.split("\n").length > 60).map(([, name]) => `${path}: ${name}`);
    });
  assert.deepEqual(long, []);
});

test("a test stands in the folder of what it tests, or in journey, browser or cluster", () => {
  const tested = files(join(PROJECT, "tests")).filter(path => path.endsWith(".test.ts"));
  assert.ok(tested.length > 300);
  const folders = new Set(sources.map(path => dirname(path)));
  const elsewhere = ["browser", "cluster", "house", "journey"];
  const lost = tested.filter(path => !elsewhere.includes(topOf(path)) && !folders.has(dirname(path)));
  assert.deepEqual(lost, []);
  // Each type of job has a folder, whose tests stand in one too.
  const loose = tested.filter(
    path => dirname(path) === "engines" && !sources.includes(path.replace(".test.ts", ".ts")),
  );
  assert.deepEqual(loose, []);
});

test("no name says nothing", () => {
  assert.deepEqual(
    sources.filter(path => /(^|\/)(utils?|helpers?|common|misc|manager|service)s?(\.|\/)/.test(path)),
    [],
  );
});
