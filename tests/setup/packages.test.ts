import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PROJECT } from "../../settings.ts";
import { isInstalled } from "../../setup/packages.mjs";
import { temporaryFolder } from "./stamped.ts";

type Lock = Record<string, { integrity?: string; optional?: boolean; optionalDependencies?: object }>;

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
