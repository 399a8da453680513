import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { identityOf, isAlive } from "../../../core/system/process-identity.ts";

test("a process is known by more than its pid", () => {
  const me = identityOf(process.pid)!;
  assert.ok(isAlive(me));
  assert.ok(!isAlive({ ...me, start: "1" }));
  assert.ok(!isAlive({ ...me, bootId: "another" }));
});

test("a process that ended is not alive, not even while nobody has waited for it", async t => {
  const child = execa(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { reject: false });
  t.after(() => child.kill("SIGKILL"));
  const identity = identityOf(child.pid!)!;
  assert.ok(isAlive(identity));
  child.kill("SIGKILL");
  // Nothing runs here between the kill and this look, so the dead process is still in the table.
  const deadline = performance.now() + 5_000;
  while (isAlive(identity) && performance.now() < deadline);
  assert.ok(!isAlive(identity));
  await child;
  await pause(1);
  assert.equal(identityOf(child.pid!), undefined);
});
