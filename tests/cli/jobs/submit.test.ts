import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isId, newId } from "../../../core/jobs/id.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { archive, temporaryLayout } from "../../core/audit/archive.ts";
import { auditEvents, command, INGEST, job, write } from "../run.ts";

const NO_WORKER = "No worker is running: the job waits in queue/ until `npm start` or `npm run worker`.";

function queued(layout: Layout): Record<string, unknown>[] {
  const names = readdirSync(layout.queue).filter(name => name.endsWith(".json") && name !== "worker.json");
  return names.map(name => JSON.parse(readFileSync(join(layout.queue, name), "utf8")));
}

function beat(layout: Layout, pid: number, age: number): void {
  const at = new Date(Date.now() - age).toISOString();
  writeFileSync(layout.heartbeat, JSON.stringify({ pid, host: hostname(), at }));
}

test("a submitted job is in queue/ under its new id, with the door and the name of who submitted it", async t => {
  const layout = temporaryLayout(t);
  const { code, out } = await job(layout, ["submit", write(layout, "mine.json", { ...INGEST, note: "mine" })]);
  assert.equal(code, 0);
  const [file, ...others] = queued(layout);
  assert.deepEqual(others, []);
  assert.ok(isId(String(file?.id)));
  const { id, submittedAt: _, ...rest } = file ?? {};
  assert.deepEqual(rest, { ...INGEST, note: "mine", via: "command", submittedBy: userInfo().username });
  assert.equal(out, `${id} is queued. Its log will be logs/${id}.log\n${NO_WORKER}\n`);
});

test("a submitted job leaves an audit event, as from a page, with the user of the terminal", async t => {
  const layout = temporaryLayout(t);
  for (const note of ["first", "second"])
    await job(layout, ["submit", write(layout, "mine.json", { ...INGEST, note, submittedBy: "root of all" })]);
  const ids = queued(layout)
    .map(file => String(file.id))
    .sort();
  const about = titleOf(INGEST.type, INGEST.parameters);
  const by = { by: userInfo().username, via: "command" };
  assert.deepEqual(
    auditEvents(layout),
    ids.map(id => ({ ...by, what: "start", job: id, about })),
  );
  assert.equal((await command("audit.ts", layout)).code, 0);
});

test("what a file claims of its origin is not believed", async t => {
  const layout = temporaryLayout(t);
  const id = newId("ingest-hive");
  const origin = {
    via: "portal",
    submittedBy: "root of all",
    submittedAt: "2001-01-01T00:00:00Z",
    parent: id,
    retryOf: id,
  };
  await job(layout, ["submit", write(layout, "mine.json", { ...INGEST, ...origin })]);
  const [file] = queued(layout);
  assert.deepEqual([file?.via, file?.submittedBy], ["command", userInfo().username]);
  assert.deepEqual([file?.parent, file?.retryOf], [undefined, undefined]);
  assert.notEqual(file?.submittedAt, origin.submittedAt);
});

test("a wrong file is not submitted, and everything that is wrong is named", async t => {
  const layout = temporaryLayout(t);
  const file = write(layout, "bad.json", '{ "type": "ingest-hive",\n  "parameters": { "databas": "x", "tables": 5 } }');
  const { code, err } = await job(layout, ["submit", file]);
  assert.equal(code, 2);
  assert.match(err, /bad\.json is not a valid job file/);
  assert.match(err, /line 2, parameters\.databas: unknown key, did you mean "database"\?/);
  assert.match(err, /line 2, parameters\.tables: /);
  assert.deepEqual(queued(layout), []);
  assert.deepEqual(auditEvents(layout), []);
});

test("a file that is not there is told in one line", async t => {
  const { code, err } = await job(temporaryLayout(t), ["submit", "nowhere.json"]);
  assert.notEqual(code, 0);
  assert.match(err, /nowhere\.json/);
  assert.equal(err.trim().split("\n").length, 1);
});

test("an id that is known already is refused, wherever its job is", async t => {
  const layout = temporaryLayout(t);
  const { id } = archive(layout);
  const ended = await job(layout, ["submit", write(layout, "mine.json", { ...INGEST, id })]);
  assert.equal(ended.code, 2);
  assert.match(ended.err, new RegExp(`There is a job ${id} already`));
  const mine = write(layout, "mine.json", { ...INGEST, id: newId("ingest-hive") });
  assert.equal((await job(layout, ["submit", mine])).code, 0);
  assert.equal((await job(layout, ["submit", mine])).code, 2);
  assert.equal(queued(layout).length, 1);
});

test("a worker that lives is not missed, one that is silent or dead is", async t => {
  const layout = temporaryLayout(t);
  const file = write(layout, "mine.json", INGEST);
  const missed = async () => (await job(layout, ["submit", file])).out.includes(NO_WORKER);
  beat(layout, process.pid, 0);
  assert.equal(await missed(), false);
  beat(layout, process.pid, 16_000);
  assert.equal(await missed(), true);
  beat(layout, 2 ** 22 + 1, 0);
  assert.equal(await missed(), true);
});

test("an unknown command names the nearest one, an unknown option is refused", async t => {
  const layout = temporaryLayout(t);
  const typo = await job(layout, ["submitt"]);
  assert.equal(typo.code, 2);
  assert.match(typo.err, /did you mean "submit"\?/);
  const option = await job(layout, ["submit", "x.json", "--wiat"]);
  assert.notEqual(option.code, 0);
  assert.match(option.err, /--wiat/);
  assert.match((await job(layout, [])).out, /^usage: /);
});
