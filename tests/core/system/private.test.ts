import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { rebuildAudit } from "../../../core/audit/rebuild.ts";
import { layoutOf, prepareLayout } from "../../../core/store/layout.ts";
import { tryLock } from "../../../core/system/lock.ts";
import { takeLock } from "../../../worker/lock.ts";
import { startPortal } from "../../server/portal.ts";
import { makeWorld } from "../../worker/world.ts";

const run = promisify(execFile);

// Another program, with a lock on a file of ours for as long as the test runs; gives its pid.
async function hold(t: TestContext, path: string, begin: string): Promise<number | undefined> {
  const program = `const { DatabaseSync } = require("node:sqlite");
const db = new DatabaseSync(${JSON.stringify(path)});
db.exec(${JSON.stringify(begin)});
console.log("held");
setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child.pid;
}

test("nothing that the worker and the portal keep can be read or locked by another user", async t => {
  const world = makeWorld(t);
  const { root } = world.layout;
  await startPortal(t, { root });
  const worker = world.start({ audit: appendAudit });
  world.drop("wrong.json", { type: "lihgt" });
  const id = world.submit("light");
  recordAuditEvent({ layout: world.layout, by: "anna", via: "portal" }, { what: "start", job: id });
  await worker.idle();
  while (!world.record(id)) await new Promise(resolve => setTimeout(resolve, 20));
  // What was dropped by hand keeps the mode that its owner gave it; nobody else gets into its folder.
  const { stdout } = await run("find", [root, "-mindepth", "1", "-perm", "/077", "-not", "-name", "wrong.json"]);
  const left = stdout.split("\n").filter(path => path !== "" && !path.startsWith(join(root, ".laptop")));
  assert.deepEqual(left, []);
  await worker.stop("leave");
});

test("folders that a clone brought open are closed, and one that is shared on purpose stays so", t => {
  const root = mkdtempSync(join(tmpdir(), "portal-private-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const layout = layoutOf(root);
  for (const folder of [layout.queue, layout.logs, layout.archive]) mkdirSync(folder, { recursive: true });
  chmodSync(layout.queue, 0o2775);
  chmodSync(layout.logs, 0o777);
  prepareLayout(layout);
  const modes = [layout.queue, layout.logs, layout.archive, layout.running].map(path => statSync(path).mode & 0o7777);
  assert.deepEqual(
    modes.map(mode => (mode & 0o777).toString(8)),
    ["770", "700", "700", "700"],
  );
});

test("a lock that another program holds on the report or the events is told, with the program", async t => {
  const { layout } = makeWorld(t);
  rebuildAudit(layout);
  for (const [file, attempt] of [
    [".audit.lock", () => rebuildAudit(layout)],
    [".audit-events.lock", () => recordAuditEvent({ layout, by: "anna", via: "portal" }, { what: "log in" })],
  ] as const) {
    const pid = await hold(t, join(layout.archive, file), "begin; select * from sqlite_master");
    const told = new RegExp(
      `archive/${file.replace(".", "\\.")} is locked by process ${pid} \\(.*\\) of user \\d+: end that`,
    );
    assert.throws(attempt, told, file);
  }
});

test("a worker that waits for a lock which no worker holds says who does", async t => {
  const { layout } = makeWorld(t);
  tryLock(layout.lock)?.();
  const pid = await hold(t, layout.lock, "begin; select * from sqlite_master");
  const stop = new AbortController();
  const lines: string[] = [];
  const warn = (line: string) => {
    lines.push(line);
    stop.abort();
  };
  const log = { ...silentLog(), warn };
  await takeLock(layout, log, 20, stop.signal);
  assert.match(lines.join(), new RegExp(`queue/\\.worker\\.lock of .* is locked by process ${pid} .*Standing by\\.`));
});

function silentLog() {
  const quiet = () => {};
  return { info: quiet, warn: quiet, error: quiet };
}
