import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { readSetUp } from "../../core/set-up.ts";
import { PROJECT } from "../../core/settings.ts";
import { installFailed } from "../../setup/failure.mjs";
import { cacheLayout, pinned } from "../../setup/layout.mjs";
import { once as fillOnce, STAMP } from "../../setup/once.mjs";
import { programs, stampedCache, temporaryFolder } from "./stamped.ts";

const VERSION = pinned("pyspark");
const WHEEL = `pyspark-${VERSION}-py2.py3-none-any.whl`;
const JAVA_17 = { java: { prints: 'openjdk version "17.0.1"', code: 0 } };

/** A small wheel of this name, with so much in it that can't be compressed. */
async function wheel(t: TestContext, bytes: number): Promise<Buffer> {
  const file = join(temporaryFolder(t), WHEEL);
  const program = `
import os, sys, zipfile
info = "pyspark-${VERSION}.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("pyspark/__init__.py", "")
    z.writestr("pyspark/jars/big.jar", os.urandom(int(sys.argv[2])))
    z.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: pyspark\\nVersion: ${VERSION}\\n")
    z.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py2-none-any\\nTag: py3-none-any\\n")
    z.writestr(info + "RECORD", "")
`;
  await execa("python3", ["-c", program, file, String(bytes)]);
  return readFileSync(file);
}

/** A package index that has one package, and gives it out as the test says. */
async function packageIndex(t: TestContext, give: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith(".whl")) return give(response);
    response.setHeader("content-type", "text/html");
    response.end(`<html><body><a href="/files/${WHEEL}">${WHEEL}</a></body></html>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`;
}

/** The whole set-up, of which all but Spark is there already. */
async function setUp(t: TestContext, index: string, CACHE_DIR: string, LAPTOP_DIR = temporaryFolder(t)) {
  const { exitCode, all } = await startSetUp(t, index, CACHE_DIR, LAPTOP_DIR);
  return { exitCode, all, lines: all.trim().split("\n") };
}

function startSetUp(t: TestContext, index: string, CACHE_DIR: string, LAPTOP_DIR: string) {
  const env = {
    ...{
      SPARK_REMOTE: "",
      SPARK_HOME: "",
      SNOWFLAKE_ACCOUNT: "ORG-ACCOUNT",
      AZURE_ACCOUNT: "lakehouse",
      HOME: temporaryFolder(t),
      ...{ CACHE_DIR, LAPTOP_DIR },
    },
    ...{ PIP_CONFIG_FILE: "/dev/null", PIP_INDEX_URL: index, PIP_RETRIES: "0", PIP_NO_CACHE_DIR: "1", NO_PROXY: "*" },
    PATH: `${programs(t, JAVA_17)}:${process.env.PATH}`,
  };
  const given = { env, reject: false, all: true } as const;
  return execa(process.execPath, [join(PROJECT, "setup.mjs")], given);
}

test("a download that breaks off or is spoilt is one sentence, leaves nothing, and the next try succeeds", async t => {
  const whole = await wheel(t, 100_000);
  const spoilt = Buffer.from(whole);
  spoilt.fill(7, whole.length - 300);
  let tries = 0;
  const index = await packageIndex(t, response => {
    tries += 1;
    if (tries === 1) {
      response.setHeader("content-length", whole.length);
      response.write(whole.subarray(0, 50_000), () => response.destroy());
    } else response.end(tries === 2 ? spoilt : whole);
  });
  const CACHE_DIR = stampedCache(t, "jars");
  const { spark } = cacheLayout(CACHE_DIR);
  for (const what of ["breaks off", "is spoilt"]) {
    const { exitCode, all, lines } = await setUp(t, index, CACHE_DIR);
    assert.equal(exitCode, 1, what);
    assert.match(lines.at(-1) ?? "", /^Spark [\d.]+ could not be installed: .*[Rr]un the same command again/, what);
    assert.match(lines.at(-1) ?? "", /what pip downloaded is broken|pip reached no network/, what);
    assert.doesNotMatch(all, /Traceback|at file:/, what);
    assert.deepEqual(
      readdirSync(CACHE_DIR).filter(name => name.startsWith("pyspark")),
      [],
      what,
    );
  }
  assert.equal((await setUp(t, index, CACHE_DIR)).exitCode, 0);
  assert.ok(existsSync(join(spark, STAMP)) && existsSync(join(spark, "pyspark", "jars", "big.jar")));
  assert.deepEqual((await setUp(t, index, CACHE_DIR)).all, "");
});

test("a set-up says how far it is; one that was killed has stopped, and the next one takes its report away", async t => {
  const whole = await wheel(t, 6_000_000);
  let rest = (_: ServerResponse) => {};
  const half = Promise.withResolvers<ServerResponse>();
  const index = await packageIndex(t, response => {
    response.setHeader("content-length", whole.length);
    response.write(whole.subarray(0, 4_000_000), () => half.resolve(response));
    rest(response);
  });
  const CACHE_DIR = stampedCache(t);
  const LAPTOP_DIR = temporaryFolder(t);
  const spark = () => readSetUp({ LAPTOP_DIR }).find(({ title }) => title === `Spark ${VERSION}`);
  const killed = startSetUp(t, index, CACHE_DIR, LAPTOP_DIR);
  await half.promise;
  // pip writes what it has; the set-up looks once a second.
  for (let tries = 0; (spark()?.done ?? 0) < 2 && tries < 200; tries++) await sleep(100);
  const { state, done, megabytes, neededFor } = spark() ?? {};
  assert.equal(state, "running");
  assert.ok((done ?? 0) >= 2 && (megabytes ?? 0) > 400, `${done} of ${megabytes} MB`);
  assert.match(neededFor ?? "", /^every job/);
  assert.equal(readSetUp({ LAPTOP_DIR }).find(({ title }) => title === "Jars beside Spark")?.state, "pending");
  killed.kill("SIGKILL");
  await killed;
  assert.equal(spark()?.state, "stopped");
  rest = response => void response.end(whole.subarray(4_000_000));
  // Its Ivy is none, so the jars fail, which stays to be read.
  assert.equal((await setUp(t, index, CACHE_DIR, LAPTOP_DIR)).exitCode, 1);
  assert.equal(spark()?.state, "succeeded");
  const jars = readSetUp({ LAPTOP_DIR }).find(({ title }) => title === "Jars beside Spark");
  assert.equal(jars?.state, "failed");
  assert.match(jars?.error ?? "", /holds no Ivy/);
  fillStamp(cacheLayout(CACHE_DIR).jars);
  assert.equal((await setUp(t, index, CACHE_DIR, LAPTOP_DIR)).exitCode, 0);
  assert.deepEqual(readSetUp({ LAPTOP_DIR }), []);
  assert.deepEqual(readdirSync(join(LAPTOP_DIR, "set-up")), []);
});

function fillStamp(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, STAMP), "");
}

test("a full disk is one sentence, and with room the next try goes on", async t => {
  const CACHE_DIR = join(temporaryFolder(t), "cache");
  mkdirSync(CACHE_DIR);
  const mounted = await execa("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", CACHE_DIR], { reject: false });
  if (mounted.failed) return t.skip("only root may mount a small disk");
  try {
    await fillSmallDisk(t, CACHE_DIR);
  } finally {
    // Before the folder is removed in which it is mounted.
    await execa("umount", ["-l", CACHE_DIR]);
  }
});

async function fillSmallDisk(t: TestContext, CACHE_DIR: string): Promise<void> {
  const { jars } = cacheLayout(CACHE_DIR);
  fillStamp(jars);
  const whole = await wheel(t, 8_000_000);
  const index = await packageIndex(t, response => void response.end(whole));
  const { exitCode, all, lines } = await setUp(t, index, CACHE_DIR);
  assert.equal(exitCode, 1);
  assert.match(lines.at(-1) ?? "", /^Spark .* could not be installed: the disk is full\. Free 2 GB, or set CACHE_DIR/);
  assert.doesNotMatch(all, /Traceback|at file:/);
  assert.deepEqual(readdirSync(CACHE_DIR), [jars.slice(CACHE_DIR.length + 1)]);
  await execa("mount", ["-o", "remount,size=64m", CACHE_DIR]);
  assert.equal((await setUp(t, index, CACHE_DIR)).exitCode, 0);
}

test("a disk that is full for the set-up itself is the same sentence", async t => {
  const folder = join(temporaryFolder(t), "part-1");
  const full = async () => {
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  await assert.rejects(fillOnce("A part", folder, full), /^Error: A part could not be installed: the disk is full\./);
});

test("what npm, pip and Ivy say of a broken download, a full disk and no network becomes a sentence", () => {
  const sentence = (output: string) => installFailed("A part", "a program", output).message;
  for (const broken of [
    "npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed",
    "npm error zlib: unexpected end of file",
    "ERROR: Wheel 'pyspark' located at /tmp/x.whl is invalid.",
    "pip._vendor.urllib3.exceptions.ProtocolError: ('Connection broken: IncompleteRead(1 bytes read)')",
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
    "problem while downloading module descriptor: invalid sha1: expected=aa computed=bb",
  ])
    assert.match(sentence(broken), /^A part could not be installed: what a program downloaded is broken\./, broken);
  for (const full of ["npm error code ENOSPC", "OSError: [Errno 28] No space left on device"])
    assert.match(sentence(full), /the disk is full/, full);
  for (const offline of [
    "npm error code ENOTFOUND",
    "java.net.UnknownHostException: repo",
    "ERROR: (from versions: none)",
  ])
    assert.match(sentence(offline), /reached no network/, offline);
  assert.match(
    sentence("something else"),
    /a program failed and nothing was installed\. It says:\n {2}something else$/,
  );
});
