import assert from "node:assert/strict";
import { dirname, relative, resolve } from "node:path";
import { test } from "node:test";
import { PROJECT, SECRETS } from "../../core/settings.ts";
import { imports, sources, text, topOf } from "./sources.ts";

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

test("only the registry of engines imports the page of a type", () => {
  const wrong = sources.filter(
    path =>
      path !== "engines/list.ts" &&
      imports.get(path)?.some(target => /^engines\/[^/]+\/portal\/page\.ts$/.test(target)),
  );
  assert.deepEqual(wrong, []);
});

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

function floorOf(path: string): number {
  const floor = FLOORS.findIndex(folders => folders.includes(topOf(path)));
  return floor < 0 ? FLOORS.length : floor;
}
