import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";

// Prints each package from which a module is loaded.
const HOOK = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name) packages.add(name);
      return next(url, context);
    },
  });
  process.on("exit", () => console.log(JSON.stringify([...packages])));
`)}`;

async function packagesOf(...program: string[]): Promise<string[]> {
  const { stdout } = await execa(process.execPath, ["--import", HOOK, ...program], { cwd: PROJECT, reject: false });
  return JSON.parse(stdout.split("\n").at(-1) ?? "");
}

// Each start of an engine pays for what it loads, and each fork for what the worker holds in memory.
test("An engine starts without the clients of services and without what starts programs.", async () => {
  const packages = await packagesOf(join("engines", "run.ts"));
  assert.ok(packages.includes("zod"), "the hook sees what is loaded");
  const heavy = ["@azure/storage-blob", "@grpc/grpc-js", "@platformatic/kafka", "execa", "snowflake-sdk", "thrift"];
  assert.deepEqual(
    heavy.filter(name => packages.includes(name)),
    [],
  );
});

for (const type of ["ingest-hive", "migrate-iceberg", "register-snowflake"])
  test(`An engine that is prepared for ${type} loads no client that few of its jobs need, and nothing that starts programs.`, async () => {
    // What a warm engine is told while the job before it runs, on the same processors.
    const input = `prepare ${type}\n`;
    const program = ["--import", HOOK, join("engines", "run.ts"), "--await"];
    const { stdout } = await execa(process.execPath, program, { cwd: PROJECT, input });
    const packages = JSON.parse(stdout.split("\n").at(-1) ?? "") as string[];
    assert.ok(packages.includes("@grpc/grpc-js"), "the hook sees what is loaded");
    const heavy = ["@azure/storage-blob", "@platformatic/kafka", "execa", "snowflake-sdk", "thrift"];
    assert.deepEqual(
      heavy.filter(name => packages.includes(name)),
      [],
    );
  });

test("The worker takes jobs without the clients of services and of mail.", async () => {
  const packages = await packagesOf("--input-type=module", "--eval", 'await import("./worker/worker.ts")');
  assert.ok(packages.includes("execa"), "the hook sees what is loaded");
  const heavy = [
    "@azure/storage-blob",
    "@grpc/grpc-js",
    "@platformatic/kafka",
    "nodemailer",
    "snowflake-sdk",
    "thrift",
  ];
  assert.deepEqual(
    heavy.filter(name => packages.includes(name)),
    [],
  );
});
