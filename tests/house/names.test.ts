import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../core/settings.ts";
import { files, sources, text } from "./sources.ts";

test("no word of a machine or a package registry stands in the project", () => {
  const all = files(PROJECT, /\.(ts|mjs|json|md|xml|txt|sh|example)$|\.ci\/run$|\.npmrc$/);
  const wrong = all
    .filter(path => path !== join("tests", "house", "names.test.ts"))
    .filter(path => FORBIDDEN.test(text(path)));
  assert.deepEqual(wrong, []);
});

test("an exported name means one thing", () => {
  const files = new Map<string, Set<string>>();
  for (const path of sources)
    for (const [, name = ""] of text(path).matchAll(EXPORT)) files.set(name, (files.get(name) ?? new Set()).add(path));
  const twice = [...files].filter(([name, paths]) => paths.size > 1 && !SLOTS.has(name));
  assert.deepEqual(
    twice.map(([name, paths]) => `${name}: ${[...paths].join(", ")}`),
    [],
  );
});

const EXPORT = /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type) (\w+)/gm;

/** Names that stand in several files on purpose. */
const SLOTS = new Set([
  "engine", // every engine.ts is loaded by engines/list.ts
  "page", // every portal/page.ts, too
  "PROJECT", // setup/ runs before there are packages, and imports nothing from core/
]);

test("the code uses the words of the field, not its own", () => {
  const wrong = sources.flatMap(path => [...new Set(text(path).match(PRIVATE_WORDS))].map(word => `${path}: ${word}`));
  assert.deepEqual(wrong, []);
});

// Words that earlier versions made up; docs/glossary.md has the ones that replaced them.
const PRIVATE_WORDS = new RegExp(
  [
    String.raw`\b(?:[dD]eeds?|DEEDS|[wW]ish|WISHED|CancelWish|Doer|doer|Doors|DOORS|Refusal|Misasked|Spares?|Stretch|StorageAway|HdfsAway|KafkaAway)\b`,
    String.raw`\b(?:watchWorld|railFor|findPerson|byHand|moveBack|huntForward|huntBackward|onlyAsks|thingOf|handOn|isAway|isIll|keepSpares|tellOnce|winnersSelect)\b`,
    String.raw`\b(?:const|let|function|interface|class|type) (?:visit|world|rail|sheet|hunt|gate|spare|stretch|winners|teller|World|Visit|Thing|Rail|Hunt)\b`,
  ].join("|"),
  "g",
);

const FORBIDDEN =
  /(^|[^A-Za-z0-9.])\/(root|work|home\/[a-z]+)\/|"resolved": *"https?:|(index-url|registry) *[=:] *"?https?:/m;
