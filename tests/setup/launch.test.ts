import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";
import { temporaryFolder } from "./stamped.ts";

const PROGRAM = `const words: string[] = process.argv.slice(2);
console.log(JSON.stringify({ version: process.version, words }));
process.exitCode = Number(words.at(-1)) || 0;
`;

// A clone with the launcher, a program, and an npm that installs nothing but the Node that runs this test.
function clone(t: TestContext, npm: "works" | "fails" = "works"): { folder: string; path: string } {
  const folder = temporaryFolder(t);
  cpSync(join(PROJECT, "setup"), join(folder, "setup"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "package-lock.json"), '{ "packages": { "": {} } }');
  mkdirSync(join(folder, "cli"));
  writeFileSync(join(folder, "cli", "program.ts"), PROGRAM);
  const bin = join(folder, "fake");
  mkdirSync(bin);
  const installs = `mkdir -p node_modules/.bin && ln -s '${process.execPath}' node_modules/.bin/node && echo '{"packages":{}}' > node_modules/.package-lock.json`;
  const fails = "echo 'npm error getaddrinfo ENOTFOUND some.host'; exit 1";
  writeFileSync(join(bin, "npm"), `#!/bin/sh\necho "npm $1" >> npm-calls\n${npm === "works" ? installs : fails}\n`);
  chmodSync(join(bin, "npm"), 0o755);
  return { folder, path: [bin, process.env.PATH].join(delimiter) };
}

function launch({ folder, path }: ReturnType<typeof clone>, words: string[], node = process.execPath) {
  const env = { PATH: path, HOME: folder, CACHE_DIR: join(folder, "cache") };
  const given = [join(folder, "setup", "launch.mjs"), "cli/program.ts", ...words];
  return execa(node, given, { cwd: folder, env, extendEnv: false, reject: false });
}

test("in a new clone the packages are installed first, once, and the program runs with its words and its exit code", async t => {
  const made = clone(t);
  const first = await launch(made, ["list", "a b", "3"]);
  assert.deepEqual(JSON.parse(first.stdout.split("\n").at(-1) ?? ""), {
    version: process.version,
    words: ["list", "a b", "3"],
  });
  assert.equal(first.exitCode, 3);
  assert.match(first.stderr, /not set up yet/);
  const second = await launch(made, ["list"]);
  assert.deepEqual([second.exitCode, second.stderr], [0, ""]);
  assert.equal(readFileSync(join(made.folder, "npm-calls"), "utf8"), "npm ci\n");
});

test("without a network it is said what to do, and no program runs", async t => {
  const made = clone(t, "fails");
  const { exitCode, stderr, stdout } = await launch(made, ["list"]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /reached no network\. Connect, or set a proxy/);
  assert.doesNotMatch(stdout + stderr, /version|at file:/);
});

test("where the project needs a package that is not there yet, it is said what to do", async t => {
  const made = clone(t);
  await launch(made, []);
  writeFileSync(join(made.folder, "cli", "program.ts"), 'import "a-package-that-came-later";');
  const { exitCode, stderr } = await launch(made, []);
  assert.equal(exitCode, 1);
  assert.match(stderr.trim(), /^The npm packages are older than the project: run `node setup\.mjs`/);
});

test("a Node that knows no TypeScript hands the program to the project's own", async t => {
  const old = await oldNode();
  if (!old) return t.skip("no Node older than 24 is installed here");
  const made = clone(t);
  for (const words of [
    ["list", "7"],
    ["show", "7"],
  ]) {
    const { exitCode, stdout } = await launch(made, words, old);
    assert.deepEqual(JSON.parse(stdout.split("\n").at(-1) ?? ""), { version: process.version, words });
    assert.equal(exitCode, 7);
  }
});

test("every command of package.json that runs TypeScript is launched or set up first", () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const bare = Object.entries(scripts).filter(
    ([name, line]) => /^node .*\.ts$/.test(line) && !line.includes("launch.mjs") && !scripts[`pre${name}`],
  );
  assert.deepEqual(bare, []);
});

async function oldNode(): Promise<string | undefined> {
  for (const path of ["/usr/bin/node", "/usr/local/bin/node"].filter(existsSync)) {
    const { stdout } = await execa(path, ["--version"], { reject: false });
    if (Number(/^v(\d+)/.exec(stdout ?? "")?.[1]) < 24) return path;
  }
  return undefined;
}
