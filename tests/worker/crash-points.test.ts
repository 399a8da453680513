import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { appendAudit } from "../../core/audit/append-report.ts";
import { followUpId, newId } from "../../core/jobs/id.ts";
import { GENESIS, recordHash } from "../../core/jobs/record.ts";
import type { Following } from "../../worker/engine/follow.ts";
import type { Claimed } from "../../worker/queue/claim.ts";
import { makeWorld, textOf, type World } from "./world.ts";

interface Step {
  /** How often the job's engine may run after the crash. */
  runs: readonly number[];
  status: "succeeded" | "cancelled";
  attempts?: number;
}

const STEPS: Record<string, Step> = {
  submit: { runs: [0, 1], status: "succeeded" },
  claim: { runs: [1], status: "succeeded" },
  finish: { runs: [0], status: "succeeded" },
  "finish-retry": { runs: [1], status: "succeeded" },
  cancel: { runs: [0], status: "cancelled" },
};

describe("whatever call the process dies before", { concurrency: 3 }, () => {
  for (const [name, step] of Object.entries(STEPS)) {
    test(`in "${name}", the job is neither lost nor doubled`, t =>
      everyPoint(t, name, point => crashAt(t, name, step, point)));
  }

  test("in rejecting a file, the file ends in rejected/ with its reason", t =>
    everyPoint(t, "reject", async point => {
      const world = makeWorld(t);
      world.drop("wrong.json", { type: "lihgt" });
      const died = await crash(world, "reject", point, "none");
      const worker = world.start({ timing: { temporaryAge: 0 } });
      await worker.idle();
      assert.deepEqual(visible(world.layout.queue), []);
      assert.deepEqual(readdirSync(world.layout.rejected).sort(), ["wrong.json", "wrong.json.reason.txt"]);
      await worker.stop("leave");
      return died;
    }));
});

async function everyPoint(t: TestContext, name: string, diesAt: (point: number) => Promise<boolean>) {
  let points = 0;
  while (await diesAt(points + 1)) points += 1;
  t.diagnostic(`${points} crash points in ${name}`);
  assert.ok(points > 3, `only ${points} calls pass the gate`);
}

async function crashAt(t: TestContext, name: string, step: Step, point: number): Promise<boolean> {
  const world = makeWorld(t);
  const id = newId("light");
  const died = await crash(world, name, point, id);
  const submitted = !died || name !== "submit" || readdirSync(world.layout.queue).includes(`${id}.json`);
  // What a dead process left behind counts as old at once.
  await pause(5);
  const runs: string[] = [];
  const run = (_: unknown, claimed: Claimed) => succeed(claimed, runs);
  const worker = world.start({ run, audit: appendAudit, timing: { temporaryAge: 0 } });
  await worker.idle();
  const at = `${name}, dead before call ${point}`;
  const ran = runs.filter(one => one === id).length;
  assert.ok(step.runs.includes(ran), `${at}: the engine ran ${ran} times`);
  const expected = !submitted ? [] : step.status === "cancelled" ? [id] : [id, followUpId(id)];
  assert.deepEqual(
    world.records().map(record => record.id),
    expected,
    at,
  );
  assert.ok(
    world.records().every(record => record.status === step.status || record.id !== id),
    at,
  );
  if (name === "finish-retry") assert.equal(world.record(id)?.attempts.length, 2, at);
  assertChained(world, at);
  assertClean(world, at);
  const report = textOf(join(world.layout.archive, "audit.csv")).split("\n");
  for (const one of expected) assert.equal(report.filter(line => line.startsWith(`${one},`)).length, 1, at);
  await worker.stop("leave");
  return died;
}

async function crash(world: World, step: string, point: number, id: string): Promise<boolean> {
  const program = join(import.meta.dirname, "crash.ts");
  const { signal, exitCode, stderr } = await execa(
    process.execPath,
    [program, step, String(point), world.layout.root, id],
    { reject: false },
  );
  if (signal !== "SIGKILL") assert.equal(exitCode, 0, stderr);
  return signal === "SIGKILL";
}

function succeed({ claim }: Claimed, runs: string[]): Following {
  runs.push(claim.id);
  const finishedAt = new Date().toISOString();
  const outcomes = [{ table: "a", target: "lake.t.a", outcome: "succeeded" as const, rows: "1", seconds: 0 }];
  const result = { id: claim.id, attempt: claim.attempt, exitCode: 0, finishedAt, outcomes };
  return { ended: Promise.resolve({ ran: true, exitCode: 0, result }), end: () => {}, leave: () => {} };
}

function assertChained(world: World, at: string) {
  let previous = GENESIS;
  for (const [i, record] of world.records().entries()) {
    assert.equal(record.sequence, i + 1, at);
    assert.equal(record.previousHash, previous, at);
    assert.equal(record.hash, recordHash(record), at);
    previous = record.hash;
  }
}

function assertClean({ layout }: World, at: string) {
  assert.deepEqual(visible(layout.queue), [], at);
  assert.deepEqual(readdirSync(layout.running), [], at);
  assert.deepEqual(readdirSync(layout.cancel), [], at);
  const months = readdirSync(layout.archive).filter(name => /^\d{4}-/.test(name));
  const strange = months
    .flatMap(month => readdirSync(join(layout.archive, month)))
    .filter(name => name.startsWith("."));
  assert.deepEqual(strange, [], at);
}

function visible(folder: string): string[] {
  const own = ["running", "cancel", "rejected", "worker.json", ".worker.lock"];
  return readdirSync(folder).filter(name => !own.includes(name));
}
