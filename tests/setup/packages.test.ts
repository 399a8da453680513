import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PROJECT } from "../../core/settings.ts";
import { isInstalled } from "../../setup/parts/packages.mjs";
import { temporaryFolder } from "./stamped.ts";

type Lock = Record<string, { integrity?: string; optional?: boolean; dev?: boolean; optionalDependencies?: object }>;

function project(t: TestContext, wanted: Lock, present?: Lock): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...wanted } }));
  if (!present) return folder;
  mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
  writeFileSync(join(folder, "node_modules", ".bin", "node"), "");
  writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: present }));
  return folder;
}

const zod = { "node_modules/zod": { integrity: "sha512-a" } };

test("packages are installed where npm has put what the lock file says", t => {
  assert.equal(isInstalled(project(t, zod, zod)), true);
});

test("packages for another platform are not missed", t => {
  const other = { "node_modules/fsevents": { integrity: "sha512-b", optional: true } };
  assert.equal(isInstalled(project(t, { ...zod, ...other }, zod)), true);
});

test("a missing package, another version and a missing node_modules are all not installed", t => {
  assert.equal(isInstalled(project(t, zod, {})), false);
  assert.equal(isInstalled(project(t, zod, { "node_modules/zod": { integrity: "sha512-c" } })), false);
  assert.equal(isInstalled(project(t, zod)), false);
});

// An npm that cannot see a package for another platform leaves it out of the lock file, and `npm ci` then refuses.
test("the lock file names the packages of every platform", () => {
  const lock = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8")).packages as Lock;
  const missing = Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      name => !lock[`node_modules/${name}`] && !lock[`${path}/node_modules/${name}`],
    ),
  );
  assert.deepEqual(missing, []);
});

test("a production install misses nothing that only the laptop or the tests need", t => {
  const knip = { "node_modules/knip": { integrity: "sha512-d", dev: true } };
  const folder = project(t, { ...zod, ...knip }, zod);
  assert.equal(isInstalled(folder), false);
  assert.equal(isInstalled(folder, true), true);
  assert.equal(isInstalled(project(t, { ...zod, ...knip }, {}), true), false);
});

test("a start of worker or portal installs nothing that a production install leaves out", () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
  for (const name of ["preworker", "preportal"]) assert.equal(scripts[name], "node setup.mjs --production");
});

test("no package of production is one that only the laptop or the tests use", () => {
  const lock = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8")).packages as Lock;
  const heavy = Object.keys(lock).filter(path => /^node_modules\/(@duckdb|@biomejs|playwright-core|knip)/.test(path));
  assert.ok(heavy.length > 4);
  assert.deepEqual(
    heavy.filter(path => !lock[path]?.dev),
    [],
  );
});
