import assert from "node:assert/strict";
import { test } from "node:test";
import { sources, text } from "./sources.ts";

test("every process that reads settings trusts the authorities of CA_FILE", () => {
  const readers = sources.filter(
    path => !/^(core|bench)\b/.test(path) && /\breadSettings(WithoutSecrets)?\(/.test(text(path)),
  );
  assert.ok(readers.length >= 8);
  assert.deepEqual(
    readers.filter(path => !text(path).includes("trustAuthorities(")),
    [],
  );
});

test("clients of Azure are made in one place", () => {
  const makers = sources.filter(path => /new \w*(ServiceClient|ContainerClient|Credential)\b/.test(text(path)));
  assert.deepEqual(makers, ["connectors/azure/azure.ts"]);
});

test("caches that have a limit are those of lru-cache", () => {
  const own = sources.filter(path => /\[oldest\]|\.keys\(\)\.next\(\)|const oldest of/.test(text(path)));
  assert.deepEqual(own, []);
});

test("concurrency is bounded by p-map, except where the order is the product's own", () => {
  const pool = /Promise\.all(Settled)?\(\s*Array\.from|= \w+\.shift\(\); \w+;/;
  const own = sources.filter(path => !path.startsWith("bench") && pool.test(text(path)));
  assert.deepEqual(own, []);
});

test("only core/store spells the name of a file in DATA_DIR", () => {
  const wrong = sources
    .filter(path => !/^(core\/store|laptop|setup|views)\b/.test(path))
    .flatMap(path =>
      withoutComments(text(path)).flatMap((line, at) => (spelled(line) ? `${path}:${at + 1} ${line.trim()}` : [])),
    );
  assert.deepEqual(wrong, []);
});

test("processes are started by execa, but in setup/, which runs before there are packages", () => {
  const own = sources.filter(path => /^import (?!type\b)[^;]*"node:child_process"/m.test(text(path)));
  assert.deepEqual(
    own.filter(path => !/^setup\b/.test(path)),
    [],
  );
});

/** What files and folders of DATA_DIR are called. The laptop stack has a folder of its own. */
const DISK_NAMES = [
  /["`/}.](?:claim|engine|result|retry|replay|differences|set-aside)\.json["`]/,
  /["`/}](?:worker|head|audit-events-head|analyses|health-history|\.scripts)\.json["`]/,
  /["`/}.](?:proofs|events|audit-events)\.ndjson["`]/,
  /["`/}.](?:bad|conflicts|audit|audit-tables)\.csv["`]/,
  /["`/}.](?:reason\.txt|alerts\.log|people\.db|index\.db)["`]/,
  /["`/}]\.(?:worker|audit|audit-events|namespaces)\.lock["`]/,
  /["`/](?:\.arrived|\.state|\.about|\.partial|\.parts|log-patterns|set-aside)["`/]/,
  /["`}]\.json["`]|\}\.json[`"]|\\\.(?:json|ndjson)\$\/|\}\.log[`"]/,
  /\\d\{4\}-\\d\{2\}\$\//,
  /\b(?:join|resolve)\(.*"(?:queue|running|cancel|rejected|logs|archive|schedules|uploads|reports|scripts)"/,
];

// An address of the portal begins with a slash, and `LAPTOP_DIR` is not DATA_DIR.
function spelled(line: string): boolean {
  const ours = line.replaceAll(/(["`])\/[^"`]*\1/g, "").replaceAll(/join\(\w*\.?LAPTOP_DIR[^)]*\)/g, "");
  return DISK_NAMES.some(name => name.test(ours));
}

function withoutComments(code: string): string[] {
  const blank = (comment: string) => comment.replaceAll(/[^\n]/g, "");
  return code.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm, blank).split("\n");
}
