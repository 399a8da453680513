import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { type TestContext, test } from "node:test";
import { PROJECT } from "../../core/settings.ts";
import { isInstalled } from "../../setup/parts/packages.mjs";
import { removeUnread, UNREAD } from "../../setup/parts/unread.mjs";
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

/** The packages of a production install that are here, with their bytes on the disk, as `du` counts them. */
function productionPackages(): Map<string, number> {
  const lock = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8")).packages as Lock;
  const unread = new Set(UNREAD.map(path => join(PROJECT, "node_modules", path)));
  const sizes = new Map<string, number>();
  const counted = new Set<number>();
  for (const [path, { dev }] of Object.entries(lock)) {
    if (path === "" || dev || !existsSync(join(PROJECT, path))) continue;
    const [, name = ""] = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
    const top = name.startsWith("@") ? name.slice(0, name.indexOf("/")) : name;
    sizes.set(top, (sizes.get(top) ?? 0) + sizeOf(join(PROJECT, path)));
  }
  return sizes;

  function sizeOf(folder: string): number {
    let bytes = 0;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (unread.has(path)) continue;
      const { ino, blocks } = lstatSync(path);
      const isCounted = counted.has(ino);
      counted.add(ino);
      if (!isCounted) bytes += blocks * 512;
      // The packages in it have their own lines in the lock file; Node's, which npm does not know, has none.
      if (entry.isDirectory() && (entry.name !== "node_modules" || folder.endsWith(`${sep}node`)))
        bytes += sizeOf(path);
    }
    return bytes;
  }
}

test("a production install is at most half of the 938 MB that it was, and its large packages stand in the documents", () => {
  const sizes = [...productionPackages()].map(([name, bytes]) => ({ name, megabytes: bytes / 2 ** 20 }));
  const all = Math.round(sizes.reduce((sum, { megabytes }) => sum + megabytes, 0));
  assert.ok(all > 100 && all <= 938 / 2, `${all} MB`);
  const page = readFileSync(join(PROJECT, "docs", "production.md"), "utf8");
  const large = sizes.filter(({ megabytes }) => megabytes >= 20).map(({ name }) => name);
  assert.ok(large.includes("node"));
  for (const name of large) assert.ok(page.includes(`| \`${name}`), `${name} is in the table of docs/production.md`);
});

test("what npm's packages have and nothing reads is removed after each install, in an image too", t => {
  const modules = temporaryFolder(t);
  const kept = join("@ip-location-db", "dbip-country", "dbip-country-ipv4-num.csv");
  for (const path of [...UNREAD, kept]) mkdirSync(join(modules, path), { recursive: true });
  removeUnread(modules);
  removeUnread(modules);
  for (const path of UNREAD) assert.equal(existsSync(join(modules, path)), false, path);
  assert.ok(existsSync(join(modules, kept)));
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
  assert.equal(scripts.postinstall, "node setup/parts/unread.mjs");
  const container = readFileSync(join(PROJECT, "setup", "containers", "Containerfile"), "utf8");
  assert.ok(container.indexOf("COPY setup/parts/unread.mjs") < container.indexOf("npm ci"));
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
