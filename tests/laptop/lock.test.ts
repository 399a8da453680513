import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { locked } from "../../laptop/lock.ts";
import { temporaryFolder, tinyProcess } from "./processes.ts";

test("two starts in one folder come one after the other, and the second one says that it waits", async t => {
  const folder = temporaryFolder(t);
  const happened: string[] = [];
  let release = () => {};
  const first = locked(
    folder,
    () => {},
    () =>
      new Promise<void>(done => {
        release = done;
      }).then(() => {
        happened.push("first ends");
      }),
  );
  const second = locked(
    folder,
    () => {
      happened.push("second waits");
      release();
    },
    async () => {
      happened.push("second runs");
    },
  );
  await Promise.all([first, second]);
  assert.deepEqual(happened, ["second waits", "first ends", "second runs"]);
});

test("the lock of a start that was killed is free at once", async t => {
  const folder = temporaryFolder(t);
  const program = `import(${JSON.stringify(join(import.meta.dirname, "../../laptop/lock.ts"))}).then(({ locked }) =>
    locked(${JSON.stringify(folder)}, () => {}, () => { console.log("held"); setInterval(() => {}, 1e6); return new Promise(() => {}); }))`;
  const { identity } = await tinyProcess(t, program);
  let waited = false;
  const onWait = () => {
    waited = true;
    process.kill(identity.pid, "SIGKILL");
  };
  assert.equal(await locked(folder, onWait, async () => "mine"), "mine");
  assert.equal(waited, true);
});
