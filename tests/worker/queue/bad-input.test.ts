import assert from "node:assert/strict";
import { appendFileSync, chownSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { newId } from "../../../core/jobs/id.ts";
import { makeWorld, textOf, until, type World } from "../world.ts";

const WRONG: Record<string, [content: string | Buffer, reason: RegExp]> = {
  "text that is no JSON": ["hello", /^not JSON: /],
  "an empty file": ["", /^not JSON: /],
  "half an object": ['{ "type": "light", ', /^not JSON: /],
  "a list": ["[1, 2]", /^line 1: expected a JSON object .*, got a list/],
  "a number": ["7", /^line 1: expected a JSON object .*, got a number/],
  "an unknown type": ['{\n  "type": "lihgt"\n}', /^line 2, type: unknown type "lihgt", did you mean "light"\?/],
  "no type": ['{ "parameters": {} }', /^type: /],
  "an unknown key": ['{ "type": "light",\n "priorty": 3 }', /^line 2, priorty: unknown key, did you mean "priority"\?/],
  "an unknown parameter": [
    '{ "type": "light", "parameters": {\n"sleepms": 3 } }',
    /^line 2, parameters\.sleepms: unknown key, did you mean "sleepMs"\?/,
  ],
  "a wrong type in a list": [
    '{ "type": "light", "parameters": { "targets": ["a",\n 7] } }',
    /^line 2, parameters\.targets\[1\]: .*string/,
  ],
  "a follow-up of unknown type": [
    '{ "type": "light", "then": [{ "type": "nothing" }] }',
    /then\[0\]\.type: unknown type/,
  ],
  "a key that would change every object": [
    '{ "type": "light", "parameters": { "__proto__": {} } }',
    /__proto__: this key/,
  ],
  "bytes that are not UTF-8": [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /^not UTF-8 text/],
  "lists nine thousand deep": [
    `{"type":"light","x":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
    /^lists and objects are nested deeper than 100 levels/,
  ],
  "objects nine thousand deep, in the parameters": [
    `{"type":"light","parameters":${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}}`,
    /^lists and objects are nested deeper than 100 levels/,
  ],
  "two thousand unknown keys": [
    `{"type":"light",\n${Array.from({ length: 2_000 }, (_, i) => `"k${i}":1`).join(",\n")}}`,
    /^line 2, k0: unknown key; known are .*(\n.*){18}\nline 21, k19: unknown key.*more problems than these 20/,
  ],
  "two megabytes": [`{"type":"light","note":"${"x".repeat(2 * 1024 ** 2)}"}`, /at most 1048576 bytes \(1 MiB\)/],
  "a malformed id": ['{ "type": "light", "id": "../../etc/passwd" }', /^line 1, id: expected an id like /],
};

for (const [what, [content, reason]] of Object.entries(WRONG)) {
  test(`${what}: the file is rejected whole with a clear reason, and the worker goes on`, async t => {
    const world = makeWorld(t);
    const worker = world.start();
    const name = "job of anna.json";
    writeFileSync(join(world.layout.queue, name), content);
    const good = world.submit("light");
    await worker.idle();
    const text = reasonOf(world, name);
    assert.match(text, reason);
    assert.match(text, /\nCorrect this and move the file back to queue\/\.\n$/);
    assert.equal(textOf(join(world.layout.rejected, name)), content.toString());
    assert.deepEqual(world.queued(), []);
    assert.equal(world.record(good)?.status, "succeeded");
  });
}

test("a link, a folder, a pipe and a socket are rejected, each with its own sentence, and nothing behind them is read", async t => {
  const world = makeWorld(t);
  const { queue, rejected, root } = world.layout;
  const target = join(root, "secret.json");
  writeFileSync(target, '{ "type": "light" }');
  symlinkSync(target, join(queue, "link.json"));
  mkdirSync(join(queue, "folder.json"));
  writeFileSync(join(queue, "folder.json", "inside.json"), "{}");
  await execa("mkfifo", [join(queue, "pipe.json")]);
  const socket = createServer().listen(join(queue, "socket.json"));
  t.after(() => socket.close());
  await until(() => readdirSync(queue).includes("socket.json"));
  await world.start().idle();
  assert.match(reasonOf(world, "link.json"), /^this is a symbolic link/);
  assert.match(reasonOf(world, "folder.json"), /^this is a folder/);
  assert.match(reasonOf(world, "pipe.json"), /^this is a named pipe/);
  assert.match(reasonOf(world, "socket.json"), /^this is a socket/);
  assert.deepEqual(readdirSync(join(rejected, "folder.json")), ["inside.json"]);
  assert.equal(textOf(target), '{ "type": "light" }');
  assert.equal(world.records().length, 0);
});

test("a file that is written slowly is waited for, not failed", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const path = join(world.layout.queue, "slow.json");
  for (const part of ["", '{ "type": ', '"light", ', '"parameters": ', '{ "n": 4 }', " }"]) {
    appendFileSync(path, part);
    await new Promise(resolve => setTimeout(resolve, 120));
  }
  await worker.idle();
  assert.deepEqual(readdirSync(world.layout.rejected), []);
  assert.deepEqual(
    world.records().map(record => [record.status, record.parameters.n]),
    [["succeeded", 4]],
  );
});

test("a rejected file never takes the place of another", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  for (const content of ['{ "type": "first" }', '{ "type": "second" }', '{ "type": "third" }']) {
    world.drop("job.json", content);
    await worker.idle();
  }
  const { rejected } = world.layout;
  assert.match(textOf(join(rejected, "job.json")), /first/);
  assert.match(textOf(join(rejected, "job.2.json")), /second/);
  assert.match(textOf(join(rejected, "job.3.json.reason.txt")), /third/);
});

test("an id that is waiting, running or archived already is refused, and the job that has it is untouched", async t => {
  const world = makeWorld(t);
  const archived = world.submit("light");
  const worker = world.start();
  await worker.idle();
  const running = world.submit("copy", { sleepMs: 60_000 });
  await until(() => world.running().includes(`${running}.json`));
  const twice = newId("light");
  for (const id of [archived, running]) world.drop(`again ${id}.json`, { type: "light", id });
  await until(() => readdirSync(world.layout.rejected).length === 4);
  assert.match(reasonOf(world, `again ${archived}.json`), /is in archive\/ already/);
  assert.match(reasonOf(world, `again ${running}.json`), /is running already/);
  await worker.stop("leave");
  for (const name of ["a.json", "b.json"]) world.drop(name, { type: "light", id: twice });
  world.start();
  await until(() => world.record(twice) !== undefined && readdirSync(world.layout.rejected).length === 6);
  assert.equal(world.records().filter(record => record.id === twice).length, 1);
});

test("names with spaces, quotes, other scripts and great length are jobs like any other", async t => {
  const world = makeWorld(t);
  const worker = world.start();
  const names = [
    "a b.json",
    `it's "quoted".json`,
    "表.json",
    "-rf.json",
    `${"x".repeat(200)}.json`,
    `${"ü".repeat(120)}.json`,
  ];
  for (const name of names) world.drop(name, { type: "light" });
  await worker.idle();
  assert.deepEqual(
    world
      .records()
      .map(record => record.file)
      .sort(),
    names.sort(),
  );
  const wrong = names.map(name => `wrong ${name}`.slice(-240));
  for (const name of wrong) world.drop(name, "[]");
  await worker.idle();
  assert.equal(readdirSync(world.layout.rejected).length, 2 * wrong.length);
});

test("hidden files and other endings are left alone", async t => {
  const world = makeWorld(t);
  const names = [".hidden.json", "notes.txt", "job.json.part", "job.json~"];
  for (const name of names) writeFileSync(join(world.layout.queue, name), '{ "type": "light" }');
  const worker = world.start();
  const id = world.submit("light");
  await worker.idle();
  assert.deepEqual(
    world.records().map(record => record.id),
    [id],
  );
  for (const name of names) assert.ok(readdirSync(world.layout.queue).includes(name), name);
});

test("a file of another user is not believed where it says who sent it", {
  skip: process.getuid?.() !== 0,
}, async t => {
  const world = makeWorld(t);
  const forged = { via: "portal", submittedBy: "the boss", submittedAt: "2001-01-01T00:00:00.000Z" };
  const path = join(world.layout.root, "forged");
  writeFileSync(path, JSON.stringify({ type: "light", ...forged, parent: newId("light"), retryOf: newId("light") }));
  chownSync(path, 65534, 65534);
  renameSync(path, join(world.layout.queue, "forged.json"));
  await world.start().idle();
  const [record] = world.records();
  assert.deepEqual([record?.via, record?.submittedBy, record?.file], ["hand", "nobody", "forged.json"]);
  assert.notEqual(record?.submittedAt, forged.submittedAt);
  assert.deepEqual([record?.parent, record?.retryOf], [undefined, undefined]);
});

function reasonOf({ layout }: World, name: string): string {
  return textOf(join(layout.rejected, `${name}.reason.txt`));
}
