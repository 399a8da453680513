import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { test } from "node:test";
import { PROJECT, SECRETS } from "../core/settings.ts";

/** The floors of the house, lowest first. Imports go down or stay in their own folder. */
const FLOORS = [
  ["core"],
  ["connectors", "views"],
  ["formats"],
  ["engines"],
  ["worker", "cli", "laptop"],
  ["server"],
  ["bench"],
  ["start.ts"],
];

const DATA = ["archive", "logs", "queue", "schedules", "uploads", "reports", "data"];

const sources = files(PROJECT).filter(path => !/^(tests|node_modules)\b/.test(path));
const imports = new Map(sources.map(path => [path, importsOf(path)]));

test("imports only go down", () => {
  const wrong = sources.flatMap(path =>
    (imports.get(path) ?? [])
      .filter(target => !/^setup\b/.test(target))
      .filter(target => topOf(target) !== topOf(path) && floorOf(target) >= floorOf(path))
      .map(target => `${path} imports ${target}`),
  );
  assert.deepEqual(wrong, []);
});

test("every top-level folder has its floor", () => {
  const folders = new Set(sources.filter(path => path.endsWith(".ts")).map(topOf));
  assert.deepEqual(
    [...folders].filter(folder => !FLOORS.flat().includes(folder)),
    [],
  );
});

test("no imports go round in a circle, imports of types included", () => {
  assert.deepEqual(circles(), []);
});

test("the worker imports the types of jobs, never an engine", () => {
  const wrong = sources
    .filter(path => path.startsWith("worker"))
    .flatMap(path =>
      (imports.get(path) ?? []).filter(
        target => /^engines/.test(target) && !/engines\/(list|engine)\.ts$/.test(target),
      ),
    );
  assert.deepEqual(wrong, []);
});

test("the portal and the commands import nothing from the worker", () => {
  const wrong = sources
    .filter(path => /^(server|cli)\b/.test(path))
    .flatMap(path =>
      (imports.get(path) ?? [])
        .filter(target => target.startsWith("worker"))
        .map(target => `${path} imports ${target}`),
    );
  assert.deepEqual(wrong, []);
});

test("the portal reaches no code that holds a secret", () => {
  const reached = reach(path => /^server\b|^engines\/.*\bportal\//.test(path));
  // Classes of errors and the quoting of names know no secret.
  const harmless = /\/(errors|names)\.ts$/;
  const code = reached.filter(path => /^(connectors\/(snowflake|azure)|worker)\//.test(path) && !harmless.test(path));
  const secret = new RegExp(`\\bsettings\\.(${SECRETS.join("|")})\\b|\\bread(?:Settings|NamedSecret)\\(`);
  // With this one the portal logs people in.
  const own = (path: string) =>
    (path === "server/oidc/provider.ts" && /settings\.OIDC_CLIENT_SECRET/.test(text(path))) ||
    // And with this one it lists scripts in HDFS.
    (path === "core/endpoints.ts" && text(path).match(secret)?.[1] === "WEBHDFS_PASSWORD");
  const settings = reached.filter(path => path !== "core/settings.ts" && !own(path) && secret.test(text(path)));
  assert.deepEqual([...code, ...settings], []);
});

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

test("only the registry of engines imports the page of a type", () => {
  const wrong = sources.filter(
    path =>
      path !== "engines/list.ts" &&
      imports.get(path)?.some(target => /^engines\/[^/]+\/portal\/page\.ts$/.test(target)),
  );
  assert.deepEqual(wrong, []);
});

test("no file is over 300 lines", () => {
  const long = files(PROJECT).filter(path => readFileSync(join(PROJECT, path), "utf8").split("\n").length - 1 > 300);
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
      const text = readFileSync(join(PROJECT, path), "utf8");
      const functions = [...text.matchAll(/^(?:export )?(?:async )?function\*? (\w+)[\s\S]*?^}/gm)];
      return functions.filter(([all]) => all.split("\n").length > 60).map(([, name]) => `${path}: ${name}`);
    });
  assert.deepEqual(long, []);
});

test("no name says nothing", () => {
  assert.deepEqual(
    sources.filter(path => /(^|\/)(utils?|helpers?|common|misc|manager|service)s?(\.|\/)/.test(path)),
    [],
  );
});

test("no word of a machine or a package registry stands in the project", () => {
  const all = files(PROJECT, /\.(ts|mjs|json|md|xml|txt|sh|example)$|\.ci\/run$|\.npmrc$/);
  const wrong = all
    .filter(path => path !== join("tests", "house.test.ts"))
    .filter(path => FORBIDDEN.test(readFileSync(join(PROJECT, path), "utf8")));
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

function files(root: string, pattern = /\.(ts|mjs|css)$/): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap(entry => {
    if (entry.isDirectory()) {
      const isData = root === PROJECT && DATA.includes(entry.name);
      if (isData || ["node_modules", ".git", ".laptop"].includes(entry.name)) return [];
      return files(join(root, entry.name), pattern).map(path => join(entry.name, path));
    }
    return entry.isFile() && pattern.test(entry.name) ? [entry.name] : [];
  });
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(PROJECT, path), "utf8");
  const found = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(match => match[1] ?? "");
  return found.map(target => relative(PROJECT, resolve(PROJECT, dirname(path), target)));
}

// Files are taken away as long as there is one that imports nothing of what is left; what stays goes round.
function circles(): string[] {
  const left = new Map([...imports].map(([path, targets]) => [path, targets.filter(target => imports.has(target))]));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [path, targets] of left) if (!targets.some(target => left.has(target))) left.delete(path);
  }
  const importers = new Map(
    [...left].map(([path]) => [path, [...left].filter(([, targets]) => targets.includes(path))]),
  );
  return [...importers].filter(([, from]) => from.length > 0).map(([path]) => path);
}

// What a process loads that begins with some files. Types are not loaded; an engine is, by nobody but the engine's process.
function reach(begins: (path: string) => boolean): string[] {
  const all = new Set(sources.filter(begins));
  for (const path of all)
    for (const [, target = "", later = ""] of text(path).matchAll(LOADS)) {
      const found = relative(PROJECT, resolve(PROJECT, dirname(path), target || later));
      const isEngine = path === "engines/list.ts" && later.endsWith("/engine.ts");
      if (imports.has(found) && !isEngine) all.add(found);
    }
  return [...all];
}

const LOADS = /^(?:import|export)\s+(?!type\b)[^;]*?from\s+"(\.[^"]+)"|import\(\s*"(\.[^"]+)"/gm;

function text(path: string): string {
  return readFileSync(join(PROJECT, path), "utf8");
}

function topOf(path: string): string {
  return path.split(sep)[0] ?? "";
}

function floorOf(path: string): number {
  const floor = FLOORS.findIndex(folders => folders.includes(topOf(path)));
  return floor < 0 ? FLOORS.length : floor;
}
