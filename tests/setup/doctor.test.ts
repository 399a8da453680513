import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";
import { programs, temporaryFolder } from "./stamped.ts";

const NPM = { npm: { prints: "10.0.0", code: 0 } };
const JAVA = { java: { prints: 'openjdk version "17.0.1"', code: 0 } };
const PYTHON = { python3: { code: 0 } };

// What a clone has before anything is installed, as far as the doctor looks at it.
function clone(t: TestContext): string {
  const folder = temporaryFolder(t);
  for (const name of ["setup", "laptop", "package.json", "package-lock.json"])
    cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  return folder;
}

async function doctor(folder: string, env: Record<string, string>, options: string[] = [], words: string[] = []) {
  const node = ["/usr/bin/node", "/usr/local/bin/node"].find(existsSync) ?? process.execPath;
  const all = { HOME: join(folder, "home"), ...env };
  const given = [...options, join(folder, "setup", "doctor.mjs"), ...words];
  return await execa(node, given, { cwd: folder, env: all, extendEnv: false, reject: false, all: true });
}

test("in a fresh clone the doctor says what is missing, a sentence each, and installs nothing", async t => {
  const folder = clone(t);
  const before = readdirSync(folder);
  const { exitCode, all } = await doctor(folder, { PATH: programs(t, {}) });
  assert.equal(exitCode, 1);
  assert.match(all, /^✓ {2}node +v\d/m);
  assert.match(all, /^✕ {2}npm packages +can't be installed, since there is no npm: install it/m);
  assert.match(all, /^✕ {2}python +Python 3\.10 or newer was not found: install it \(Debian: .*\)/m);
  assert.match(all, /^✓ {2}java +There is no Java 17 or newer on the PATH: the set-up brings one of its own/m);
  assert.match(all, /^✓ {2}CACHE_DIR +.* can be written, \d+ MB are free/m);
  assert.match(all, /\n2 things need mending\.$/);
  assert.deepEqual(readdirSync(folder), before);
});

test("where the machine has all it needs, only the packages are missing, and how to get them is said", async t => {
  const { exitCode, all } = await doctor(clone(t), { PATH: programs(t, { ...NPM, ...JAVA, ...PYTHON }) });
  assert.equal(exitCode, 1);
  assert.match(all, /^✕ {2}npm packages +are not installed yet: run `npm start`/m);
  assert.match(all, /^✓ {2}python +python3, with pip/m);
  assert.match(all, /^✓ {2}java +java$/m);
  assert.match(all, /\n1 thing needs mending\.$/);
});

test("a Python without pip and venv, a wrong JAVA_HOME and a cache that can't be written are named with the remedy", async t => {
  const PATH = programs(t, NPM);
  const only = '#!/bin/sh\ncase "$*" in *-m*|*venv*) exit 1;; esac\nexit 0\n';
  writeFileSync(join(PATH, "python3"), only, { mode: 0o755 });
  const { all } = await doctor(clone(t), { PATH, JAVA_HOME: "/nowhere", CACHE_DIR: "/dev/null/cache" });
  assert.match(all, /^✕ {2}python +Python has neither pip nor venv: install one/m);
  assert.match(all, /^✕ {2}java +JAVA_HOME=\/nowhere is no Java 17 or newer: correct it/m);
  assert.match(all, /^✕ {2}CACHE_DIR +\/dev\/null\/cache can't be written \(.*\): set CACHE_DIR in \.env/m);
});

test("with a Spark, a Snowflake and an Azure of one's own neither Python nor Java is asked for", async t => {
  const own = {
    SPARK_REMOTE: "sc://spark.example:15002",
    SNOWFLAKE_ACCOUNT: "ORG-ACCOUNT",
    AZURE_ACCOUNT: "lakehouse",
  };
  const { all } = await doctor(clone(t), { ...own, PATH: programs(t, NPM) });
  assert.doesNotMatch(all, /python|java|CACHE_DIR/i);
});

test("a Node that is too old is told so before anything of the project is loaded", async t => {
  const older = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'18.19.0'}})";
  const { exitCode, all } = await doctor(clone(t), { PATH: programs(t, {}) }, ["--import", older]);
  assert.equal(exitCode, 1);
  assert.match(all, /^✕ {2}node +v18\.19\.0 is too old: install Node 20\.12 or newer/);
});

test("once the packages are there the project's own doctor runs, with its words and its exit code", async t => {
  const folder = clone(t);
  mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
  writeFileSync(join(folder, "node_modules", ".package-lock.json"), '{"packages":{}}');
  symlinkSync(process.execPath, join(folder, "node_modules", ".bin", "node"));
  mkdirSync(join(folder, "cli"));
  const program = "const words: string[] = process.argv.slice(2);\nconsole.log(words.join());\nprocess.exitCode = 3;\n";
  writeFileSync(join(folder, "cli", "doctor.ts"), program);
  const { exitCode, all } = await doctor(folder, { PATH: programs(t, {}) }, [], ["a", "b c"]);
  assert.deepEqual([exitCode, all], [3, "a,b c"]);
});
