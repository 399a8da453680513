import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcess } from "../../../core/system/end-process.ts";
import { identityOf, isAlive } from "../../../core/system/process-identity.ts";
import { deadProcess, tinyProcess } from "../../laptop/processes.ts";

test("a process that does not mind being asked is ended all the same", async t => {
  const deaf = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)";
  const { identity } = await tinyProcess(t, deaf);
  await endProcess(identity, 300);
  assert.equal(isAlive(identity), false);
});

test("what a process has started ends with it", { timeout: 10_000 }, async t => {
  const family = `const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
    console.log(child.pid); setInterval(() => {}, 1e6)`;
  const { identity, said } = await tinyProcess(t, family);
  const child = identityOf(Number(said));
  assert.ok(child);
  await endProcess(identity);
  while (isAlive(child)) await sleep(20); // it was told at the same moment
});

test("to end a process that is gone is no error", async () => {
  await endProcess(await deadProcess());
});
