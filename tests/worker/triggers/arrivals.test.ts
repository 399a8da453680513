import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import pino from "pino";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import { readJson } from "../../../core/system/json.ts";
import type { Arrivals } from "../../../engines/engine.ts";
import { contextOf, TIMING } from "../../../worker/context.ts";
import { watchArrivals } from "../../../worker/triggers/arrivals.ts";
import { dieBefore } from "../die.ts";
import { testTypes } from "../job-types.ts";
import { makeWorld, until } from "../world.ts";

const STILL = TIMING.stillFor;

/** A watched folder whose files become `light` jobs, looked at whenever the test says that it is. */
function watched(t: TestContext, isWanted = (_name: string) => true) {
  const world = makeWorld(t);
  const { layout, settings } = world;
  const folder = join(layout.root, "raw logs");
  mkdirSync(folder);
  const arrivals: Arrivals = {
    type: "light",
    folders: () => [{ folder, isWanted, jobFor: files => ({ type: "light", parameters: { tables: [...files] } }) }],
  };
  const said: string[] = [];
  const log = pino({ base: null }, { write: line => void said.push(JSON.parse(line).msg) });
  const open = () => watchArrivals(contextOf({ layout, settings, types: testTypes, log }), [arrivals]);
  let arriving = open();
  let now = 1_000_000;
  return {
    ...{ world, folder, said, arrivals },
    write: (name: string, text = "a line\n") => writeFileSync(join(folder, name), text),
    /** Looks now, and again after so many milliseconds. */
    look(after = 0) {
      arriving.check(now);
      now += after;
      if (after) arriving.check(now);
    },
    restart() {
      arriving = open();
    },
    /** What each job that waits is made of; they end. */
    take(): string[][] {
      const jobs = world.queued().sort();
      const made = jobs.map(name => (readJson<JobFile>(join(layout.queue, name))?.parameters.tables ?? []) as string[]);
      for (const name of jobs) renameSync(join(layout.queue, name), join(layout.rejected, name));
      return made.map(files => files.map(file => file.replace(`${folder}/`, "")));
    },
  };
}

test("a file is taken once it has stood still, and only once", t => {
  const { write, look, take, restart, world } = watched(t);
  write("app.log");
  look(STILL - 1);
  assert.deepEqual(take(), []);
  look(1);
  const [name = ""] = world.queued();
  const { via, submittedBy, note } = readJson<JobFile>(join(world.layout.queue, name)) ?? {};
  assert.deepEqual([via, submittedBy], ["hand", userInfo().username]);
  assert.match(note ?? "", /^arrived in .*raw logs$/);
  assert.deepEqual(take(), [["app.log"]]);
  look(10 * STILL);
  restart();
  look(10 * STILL);
  assert.deepEqual(take(), []);
});

test("a file that a look has never seen is taken as soon as the watch finds it complete", async t => {
  const { world, arrivals, write, take } = watched(t);
  const { layout, settings } = world;
  let complete = 0;
  const context = contextOf({ layout, settings, types: testTypes, timing: { stillFor: 250, arriveTogether: 0 } });
  const arriving = watchArrivals(context, [arrivals], () => {
    complete += 1;
  });
  t.after(arriving.close);
  arriving.check(Date.now());
  // The watch has begun when it has seen a file: those that lay there before are left to the looks.
  for (let i = 0; complete === 0; i++) {
    write(`${i}.log`);
    await pause(100);
  }
  arriving.check(Date.now());
  assert.notDeepEqual(take(), []);
});

test("a file that grows is left alone as long as it does, and taken again when it has grown later", t => {
  const { write, look, take, folder } = watched(t);
  write("app.log");
  for (let i = 0; i < 5; i++) {
    look(STILL - 1);
    appendFileSync(join(folder, "app.log"), "another\n");
  }
  assert.deepEqual(take(), []);
  look(STILL);
  assert.deepEqual(take(), [["app.log"]]);
  appendFileSync(join(folder, "app.log"), "one more\n");
  look(STILL);
  assert.deepEqual(take(), [["app.log"]]);
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(folder, "app.log"), later, later);
  look(STILL);
  assert.deepEqual(take(), [["app.log"]], "of the same size, but written again");
});

test("files that arrive together go into one job, those that are still arriving are waited for, but not for ever", t => {
  const { write, look, take, folder } = watched(t);
  write("a.log");
  write("b.log");
  look(STILL);
  assert.deepEqual(take(), [["a.log", "b.log"]]);
  write("c.log");
  let waited = 0;
  let taken: string[][] = [];
  for (; taken.length === 0; waited += STILL - 1) {
    appendFileSync(join(folder, "endless.log"), "more\n");
    look(STILL - 1);
    taken = take();
  }
  assert.deepEqual(taken, [["c.log"]]);
  assert.ok(waited >= TIMING.arriveTogether - STILL, `waited only ${waited} ms`);
});

test("what is hidden, not finished, empty, a folder, a link or not wanted is not taken", t => {
  const { write, look, take, folder } = watched(t, name => !name.endsWith(".csv"));
  for (const name of [".hidden", "a.log.part", "b.tmp", "c.log~", "d.crdownload", "e.csv"]) write(name);
  write("empty.log", "");
  mkdirSync(join(folder, "older"));
  symlinkSync("/etc/passwd", join(folder, "link.log"));
  look(10 * STILL);
  assert.deepEqual(take(), []);
  renameSync(join(folder, "a.log.part"), join(folder, "a.log"));
  write("empty.log", "no more\n");
  look(STILL);
  assert.deepEqual(take(), [["a.log", "empty.log"]]);
});

test("while the job before has not ended, what arrives is collected", t => {
  const { write, look, take, world } = watched(t);
  write("a.log");
  look(STILL);
  write("b.log");
  look(STILL);
  write("c.log");
  look(STILL);
  assert.equal(world.queued().length, 1);
  assert.deepEqual(take(), [["a.log"]]);
  look();
  assert.deepEqual(take(), [["b.log", "c.log"]]);
});

test("a file that was taken away and comes again is taken again", t => {
  const { write, look, take, folder } = watched(t);
  const day = new Date("2026-11-01T00:00:00Z");
  for (const round of ["first", "second"]) {
    write("a.log");
    utimesSync(join(folder, "a.log"), day, day);
    look(STILL);
    assert.deepEqual(take(), [["a.log"]]);
    rmSync(join(folder, "a.log"));
    write("other.log", round);
    look(STILL);
    assert.deepEqual(take(), [["other.log"]]);
  }
});

test("whatever call the worker dies before, no file is forgotten, and none is taken twice", t => {
  let points = 0;
  for (let died = true; died; points++) {
    const { write, look, take, restart } = watched(t);
    write("a.log");
    look();
    died = dieBefore(points + 1, () => look(STILL));
    restart();
    write("b.log");
    look(STILL);
    const taken = take();
    look(STILL);
    assert.deepEqual([...taken, ...take()].flat().sort(), ["a.log", "b.log"], `dead before call ${points + 1}`);
  }
  assert.ok(points > 10, `only ${points} calls pass the gate`);
});

test("a folder that is not there is told once, and watched as soon as it is", t => {
  const { write, look, take, folder, said } = watched(t);
  rmSync(folder, { recursive: true });
  for (let i = 0; i < 3; i++) look(STILL);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /What arrives in .*raw logs is not taken: .*make it, or correct its name/);
  mkdirSync(folder);
  write("a.log");
  look(STILL);
  assert.deepEqual(take(), [["a.log"]]);
});

test("a worker runs what arrives, without anybody asking", async t => {
  const { world, write, arrivals } = watched(t);
  const worker = world.start({ arrivals: [arrivals] });
  write("a.log");
  write("b.log");
  await until(() => world.records().length === 1);
  await worker.idle();
  const [record] = world.records();
  assert.deepEqual([record?.status, record?.tables.length], ["succeeded", 2]);
});
