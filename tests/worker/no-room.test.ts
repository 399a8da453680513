import assert from "node:assert/strict";
import { openSync } from "node:fs";
import { test } from "node:test";
import { execa } from "execa";
import { silent } from "../../core/system/console-log.ts";
import { onceThereIsRoom } from "../../worker/no-room.ts";
import { makeWorld, until } from "./world.ts";

const going = new AbortController().signal;

for (const [what, failure] of Object.entries({
  "a file that can't be written": { code: "ENOSPC" },
  "a quota that is used up": { code: "EDQUOT" },
  "a lock for which SQLite has no room": { code: "ERR_SQLITE_ERROR", errcode: 13 },
}))
  test(`${what} is tried again until there is room, and told once`, async () => {
    const told: string[] = [];
    const log = { ...silent, error: (text: string) => void told.push(text) } as typeof silent;
    let tries = 0;
    const result = await onceThereIsRoom({ root: "/" }, log, 5, going, async () => {
      tries += 1;
      if (tries < 4) throw Object.assign(new Error("no room"), failure);
      return "begun";
    });
    assert.deepEqual([result, tries, told.length], ["begun", 4, 1]);
    assert.match(told[0] ?? "", /is full \(no room\).*Make room\./);
  });

test("any other failure is one at once, also of SQLite while there is room", async () => {
  for (const failure of [{ code: "EACCES" }, { code: "ERR_SQLITE_ERROR", errcode: 14 }])
    await assert.rejects(
      onceThereIsRoom({ root: "/" }, silent, 5, going, async () => {
        throw Object.assign(new Error("not that"), failure);
      }),
      /not that/,
    );
});

test("who waits for room can be told to stop", async () => {
  const waited = onceThereIsRoom({ root: "/" }, silent, 60_000, AbortSignal.timeout(30), async () => {
    throw Object.assign(new Error("no room"), { code: "ENOSPC" });
  });
  assert.equal(await waited, undefined);
});

test("a worker whose log goes to a full disk works, and ends when it is told to", {
  skip: process.platform !== "linux",
}, async t => {
  const world = makeWorld(t);
  const full = openSync("/dev/full", "w");
  const child = execa(process.execPath, ["tests/worker/process.ts"], {
    env: { DATA_DIR: world.layout.root, MIN_FREE_MB: "1" },
    stdio: ["ignore", full as 3, "ignore"],
    reject: false,
  });
  t.after(() => child.kill("SIGKILL"));
  const id = world.submit("light");
  await until(() => world.record(id) !== undefined);
  child.kill("SIGTERM");
  const { exitCode } = await child;
  assert.deepEqual([world.record(id)?.status, exitCode], ["succeeded", 0]);
});
