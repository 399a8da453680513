import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { locked } from "../../../core/system/lock.ts";
import { temporaryFolder, tinyProcess } from "../../laptop/processes.ts";

test("two who want the same lock come one after the other, and the second one is told that it waits", async t => {
  const lock = join(temporaryFolder(t), "new", ".lock");
  const happened: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const first = locked(lock, () => released.then(() => happened.push("first ends")), { every: 10 });
  const onWait = () => {
    happened.push("second waits");
    release();
  };
  const second = locked(lock, async () => happened.push("second runs"), { every: 10, onWait });
  await Promise.all([first, second]);
  assert.deepEqual(happened, ["second waits", "first ends", "second runs"]);
});

test("the lock of a process that was killed is free at once", async t => {
  const { lock, pid } = await heldElsewhere(t, "");
  assert.equal(await waitsUntilKilled(lock, pid), true);
});

test("a lock is held as long as its work goes on, also where nothing but the lock refers to that work", async t => {
  const collect = `require("v8").setFlagsFromString("--expose-gc"); require("vm").runInNewContext("gc")();`;
  const { lock, pid } = await heldElsewhere(t, collect);
  assert.equal(await waitsUntilKilled(lock, pid), true);
});

// A process that has taken a lock for ever, and then does something more before it says so.
async function heldElsewhere(t: TestContext, more: string): Promise<{ lock: string; pid: number }> {
  const lock = join(temporaryFolder(t), ".lock");
  const module = JSON.stringify(join(import.meta.dirname, "../../../core/system/lock.ts"));
  const { identity } = await tinyProcess(
    t,
    `import(${module}).then(({ locked }) => {
      locked(${JSON.stringify(lock)}, () => new Promise(() => {}), { every: 10 });
      setTimeout(() => { ${more} console.log("held"); }, 10);
      setInterval(() => {}, 1e6);
    })`,
  );
  return { lock, pid: identity.pid };
}

async function waitsUntilKilled(lock: string, pid: number): Promise<boolean> {
  let waited = false;
  const onWait = () => {
    waited = true;
    process.kill(pid, "SIGKILL");
  };
  await locked(lock, async () => undefined, { every: 10, onWait });
  return waited;
}
