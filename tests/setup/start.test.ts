import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";
import { temporaryFolder } from "./stamped.ts";

// Stands for start.ts: it is up, then says what it is told of the set-up.
const PROGRAM = `import { once } from "node:events";
import { writeFileSync } from "node:fs";
writeFileSync("opened", "");
const [message] = await once(process, "message");
console.log(JSON.stringify({ version: process.version, words: process.argv.slice(2), message }));
process.exitCode = 3;
process.disconnect();
`;

// A clone whose npm installs the Node that runs this test, and Azurite in its own way.
function start(t: TestContext, azurite: string) {
  const folder = temporaryFolder(t);
  cpSync(join(PROJECT, "setup"), join(folder, "setup"), { recursive: true });
  for (const name of ["azurite", "requirements.txt", "ivy.xml", "hdfs-ivy.xml", "kafka-ivy.xml"])
    cpSync(join(PROJECT, "laptop", name), join(folder, "laptop", name), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "package-lock.json"), '{ "packages": { "": {} } }');
  writeFileSync(join(folder, "start.ts"), PROGRAM);
  const bin = join(folder, "fake");
  mkdirSync(bin);
  const own = `mkdir -p node_modules/.bin && ln -s '${process.execPath}' node_modules/.bin/node && echo '{"packages":{}}' > node_modules/.package-lock.json`;
  writeFileSync(join(bin, "npm"), `#!/bin/sh\ncase "$PWD" in */cache/*) ${azurite} ;; *) ${own} ;; esac\n`);
  chmodSync(join(bin, "npm"), 0o755);
  return execa(process.execPath, [join(folder, "setup", "start.mjs"), "--debug"], {
    ...{ cwd: folder, extendEnv: false, reject: false },
    env: {
      ...{ PATH: [bin, process.env.PATH].join(delimiter), HOME: folder, CACHE_DIR: join(folder, "cache") },
      ...{ SPARK_REMOTE: "sc://spark.example:15002", SNOWFLAKE_ACCOUNT: "ORG-ACCOUNT" },
    },
  });
}

const said = (stdout: string) => JSON.parse(stdout.split("\n").find(line => line.startsWith("{")) ?? "{}");

test("the project starts as soon as npm's packages are there, and is told when the rest is", async t => {
  // Azurite comes only after the project has been started; ten seconds without it are a failure.
  const patient =
    "for i in $(seq 100); do [ -e ../../opened ] && mkdir -p node_modules/azurite && exit 0; sleep 0.1; done; exit 1";
  const { stdout, exitCode } = await start(t, patient);
  assert.deepEqual(said(stdout), { version: process.version, words: ["--debug"], message: {} });
  assert.equal(exitCode, 3);
});

test("what the set-up could not install is told in its sentence to the project that runs by then", async t => {
  const { stdout } = await start(t, "echo 'npm error getaddrinfo ENOTFOUND some.host'; exit 1");
  assert.match(said(stdout).message.failed, /^Azurite could not be installed: npm reached no network\. Connect/);
});
