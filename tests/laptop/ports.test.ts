import assert from "node:assert/strict";
import { test } from "node:test";
import { answers, freePort } from "../../laptop/ports.ts";
import { tinyServer } from "./processes.ts";

test("a port that is taken is not chosen, and another one is free", async t => {
  const { port } = await tinyServer(t);
  const chosen = await freePort(port);
  assert.notEqual(chosen, port);
  assert.equal(await answers(chosen), false);
});

test("the usual port is chosen where it is free", async () => {
  const free = await freePort(0);
  assert.equal(await freePort(free), free);
});

test("a port answers while somebody listens on it", async t => {
  const { port } = await tinyServer(t);
  assert.equal(await answers(port), true);
  assert.equal(await answers(await freePort(0)), false);
});
