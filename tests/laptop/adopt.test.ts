import assert from "node:assert/strict";
import { test } from "node:test";
import type { Endpoint } from "../../core/endpoints.ts";
import type { ProcessIdentity } from "../../core/jobs/running.ts";
import { identityOf, isAlive } from "../../core/system/process-identity.ts";
import { adopt, portOf } from "../../laptop/adopt.ts";
import { deadProcess, tinyProcess, tinyServer } from "./processes.ts";

const LAUNCH = "as today";

function service(identity: ProcessIdentity, port: number, owner: ProcessIdentity, launch = LAUNCH): Endpoint {
  return { ...identity, url: `thrift://127.0.0.1:${port}`, version: "1", owner, launch };
}

test("a service whose owner was killed is taken over if it answers", async t => {
  const { identity, port } = await tinyServer(t);
  assert.equal(await adopt(service(identity, port, await deadProcess()), LAUNCH), "own");
  assert.equal(isAlive(identity), true);
});

test("a service whose owner lives is used, and never ended", async t => {
  const { identity, port } = await tinyServer(t);
  const owner = identityOf(process.ppid)!;
  assert.equal(await adopt(service(identity, port, owner), LAUNCH), "use");
  assert.equal(await adopt(service(identity, port, owner, "another way"), LAUNCH), "use");
  assert.equal(isAlive(identity), true);
});

test("a service left behind that would be started otherwise today is ended", async t => {
  const { identity, port } = await tinyServer(t);
  assert.equal(await adopt(service(identity, port, await deadProcess(), "another way"), LAUNCH), "gone");
  assert.equal(isAlive(identity), false);
});

test("a service left behind that does not answer is ended", async t => {
  const { identity } = await tinyProcess(t, "console.log('up'); setInterval(() => {}, 1e6)");
  assert.equal(await adopt(service(identity, 1, await deadProcess()), LAUNCH), "gone");
  assert.equal(isAlive(identity), false);
});

test("a service that does not answer while its owner lives is an error that names the owner", async t => {
  const { identity } = await tinyProcess(t, "console.log('up'); setInterval(() => {}, 1e6)");
  const owner = identityOf(process.ppid)!;
  await assert.rejects(
    adopt(service(identity, 1, owner), LAUNCH),
    new RegExp(`process ${owner.pid}, which started it`),
  );
  assert.equal(isAlive(identity), true);
});

test("a pid that another process has got since is left alone", async t => {
  const { identity, port } = await tinyServer(t);
  const recycled = { ...identity, start: "1" };
  assert.equal(await adopt(service(recycled, port, await deadProcess(), "another way"), LAUNCH), "gone");
  assert.equal(isAlive(identity), true);
});

test("a service that has ended, or was never recorded, is gone", async () => {
  const dead = await deadProcess();
  assert.equal(await adopt(service(dead, 1, dead), LAUNCH), "gone");
  assert.equal(await adopt(undefined, LAUNCH), "gone");
});

test("the port of a service is read from its address", () => {
  assert.equal(portOf({ url: "sc://127.0.0.1:15002" }), 15002);
  assert.equal(portOf({ url: "thrift://127.0.0.1:9083" }), 9083);
});
