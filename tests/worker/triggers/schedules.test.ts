import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import { writeRunByHand, writeScheduleState } from "../../../core/store/schedule-state.ts";
import { readJson } from "../../../core/system/json.ts";
import { dieBefore } from "../die.ts";
import { DAY, HOUR, JOB, type Kept, keepSchedules } from "../schedules.ts";
import { until } from "../world.ts";

const fileOf = ({ world, queued }: Kept) => readJson<JobFile>(join(world.layout.queue, queued()[0] ?? ""));
const jobEnds = ({ world, queued }: Kept) => {
  for (const name of queued()) rmSync(join(world.layout.queue, name));
};

test("a job is dropped when it is time, once, in the name of whom the file belongs to", t => {
  const kept = keepSchedules(t);
  kept.write("nightly", { job: { ...JOB, then: [{ type: "copy" }], maxAttempts: 2 } });
  kept.look(kept.three - 1);
  assert.deepEqual(kept.queued(), []);
  kept.look(kept.three);
  kept.look(kept.three + 1);
  kept.look(kept.three + HOUR);
  assert.equal(kept.queued().length, 1);
  const file = fileOf(kept);
  const { id, via, submittedBy, note } = file ?? {};
  assert.deepEqual([via, submittedBy, note], ["schedule", userInfo().username, "schedule nightly"]);
  assert.deepEqual(
    [file?.type, file?.parameters, file?.then, file?.maxAttempts],
    ["light", { n: 7 }, [{ type: "copy" }], 2],
  );
  assert.equal(kept.state("nightly")?.last?.id, id);
});

test("what a person made on the page is submitted in their name", t => {
  const kept = keepSchedules(t);
  kept.write("nightly", { submittedBy: "anna" });
  kept.look(kept.three - 1);
  kept.look(kept.three);
  assert.equal(fileOf(kept)?.submittedBy, "anna");
});

test("the time zone is the one of the file", t => {
  const kept = keepSchedules(t);
  kept.write("tokyo", { timeZone: "Asia/Tokyo" });
  kept.look(kept.three - 1);
  jobEnds(kept);
  const inTokyo = kept.three + 15 * HOUR;
  kept.look(inTokyo - 1);
  assert.deepEqual(kept.queued(), []);
  kept.look(inTokyo);
  assert.equal(kept.state("tokyo")?.last?.planned, new Date(inTokyo).toISOString());
});

test("however many times were missed while no worker was there, the last one is made up for, once", t => {
  const kept = keepSchedules(t);
  kept.write("nightly");
  kept.look(kept.three);
  jobEnds(kept);
  kept.restart();
  kept.look(kept.three + 4 * DAY + HOUR);
  assert.equal(kept.queued().length, 1);
  assert.equal(kept.state("nightly")?.last?.planned, new Date(kept.three + 4 * DAY).toISOString());
  kept.restart();
  kept.look(kept.three + 4 * DAY + 2 * HOUR);
  assert.equal(kept.queued().length, 1);
  jobEnds(kept);
  kept.look(kept.three + 5 * DAY);
  assert.equal(kept.queued().length, 1);
});

test("a time from before its file came is not missed, nor one from before its line was changed", t => {
  const kept = keepSchedules(t);
  kept.write("often", { cron: "* * * * *" });
  kept.look(Date.now());
  assert.deepEqual(kept.queued(), []);
  kept.write("often", { cron: "*/2 * * * *" });
  kept.look(Date.now());
  assert.deepEqual(kept.queued(), []);
});

test("what was due while it was paused is not made up for", t => {
  const kept = keepSchedules(t);
  kept.write("nightly");
  kept.look(Date.now());
  // Long ago, so that between then and now there were times.
  writeScheduleState(kept.world.layout, "nightly", { line: "0 3 * * * UTC", since: "2020-01-01T00:00:00.000Z" });
  kept.write("nightly", { paused: true });
  kept.restart();
  kept.look(kept.three + DAY);
  assert.deepEqual(kept.queued(), []);
  kept.write("nightly");
  kept.look(Date.now());
  assert.deepEqual(kept.queued(), []);
  kept.look(kept.three);
  assert.equal(kept.queued().length, 1);
});

test("while an earlier job has not ended, a time is skipped, and said once", t => {
  const kept = keepSchedules(t);
  kept.write("nightly");
  kept.look(kept.three);
  const first = kept.state("nightly")?.last?.id ?? "";
  kept.look(kept.three + DAY);
  kept.look(kept.three + 2 * DAY);
  assert.equal(kept.queued().length, 1);
  const { skipped, last } = kept.state("nightly") ?? {};
  assert.deepEqual(skipped, { planned: new Date(kept.three + 2 * DAY).toISOString(), times: 2, because: first });
  assert.equal(last?.id, first);
  assert.equal(kept.said.filter(line => line.includes("leaves out")).length, 1);
  jobEnds(kept);
  kept.look(kept.three + 2 * DAY + HOUR);
  assert.deepEqual(kept.queued(), [], "what was skipped stays skipped");
  kept.look(kept.three + 3 * DAY);
  assert.equal(kept.queued().length, 1);
  assert.equal(kept.state("nightly")?.skipped, undefined);
});

test("what follows an earlier job holds the next one up, too, and so does a run that a person wished for", t => {
  const kept = keepSchedules(t);
  const { layout } = kept.world;
  kept.write("nightly");
  kept.look(kept.three);
  const first = kept.state("nightly")?.last?.id ?? "";
  renameSync(join(layout.queue, `${first}.json`), join(layout.running, `${first}-1.json`));
  kept.look(kept.three + DAY);
  assert.equal(kept.state("nightly")?.skipped?.because, first);
  rmSync(join(layout.running, `${first}-1.json`));
  const byHand = kept.world.submit("light");
  writeRunByHand(layout, "nightly", { id: byHand, at: new Date().toISOString() });
  kept.look(kept.three + 2 * DAY);
  assert.equal(kept.state("nightly")?.skipped?.because, byHand);
});

test("a file that is wrong is told once in a sentence, and the others are on time", t => {
  const kept = keepSchedules(t);
  kept.write("broken", "{ ");
  kept.write("typo", { crno: "0 3 * * *" });
  kept.write("wrong name!");
  kept.write("nightly");
  for (const at of [kept.three - 2, kept.three - 1, kept.three]) kept.look(at);
  assert.equal(kept.queued().length, 1);
  assert.equal(kept.said.filter(line => line.includes("wrong and runs nothing")).length, 3);
  assert.match(kept.said.join("\n"), /schedules\/typo\.json is wrong and runs nothing: .*did you mean "cron"\?/);
  kept.write("broken");
  kept.look(kept.three + 1);
  kept.look(kept.three + DAY);
  assert.ok(kept.state("broken")?.last, "once mended it runs");
});

test("a file that has only just been written is not yet called wrong", t => {
  const kept = keepSchedules(t);
  kept.write("growing", '{ "cron": "0 3 ');
  kept.look(Date.now());
  assert.deepEqual(kept.said, []);
});

test("a schedule that is gone is forgotten: when it comes again it has missed nothing", t => {
  const kept = keepSchedules(t);
  kept.write("nightly");
  kept.look(kept.three);
  jobEnds(kept);
  rmSync(join(kept.world.layout.schedules, "nightly.json"));
  kept.look(kept.three + DAY);
  kept.look(kept.three + DAY + 1);
  assert.equal(kept.state("nightly"), undefined);
});

test("a state that can't be read any more begins anew, and still no time comes twice", t => {
  const kept = keepSchedules(t);
  kept.write("nightly");
  kept.look(kept.three);
  writeFileSync(join(kept.world.layout.schedules, ".state", "nightly.json"), '{ "line": ');
  kept.restart();
  kept.look(kept.three + 1);
  assert.equal(kept.queued().length, 1);
  assert.equal(kept.state("nightly")?.last?.planned, new Date(kept.three).toISOString());
});

test("whatever call the worker dies before, the job of a time is neither lost nor doubled", t => {
  let points = 0;
  for (let died = true; died; points++) {
    const kept = keepSchedules(t);
    kept.write("nightly");
    kept.look(Date.now());
    died = dieBefore(points + 1, () => kept.look(kept.three));
    kept.restart();
    kept.look(kept.three + HOUR);
    const planned = new Date(kept.three).toISOString();
    const { last, pending } = kept.state("nightly") ?? {};
    assert.deepEqual(kept.queued(), [`${last?.id}.json`], `dead before call ${points + 1}`);
    assert.deepEqual([last?.planned, pending], [planned, undefined], `dead before call ${points + 1}`);
  }
  assert.ok(points > 10, `only ${points} calls pass the gate`);
});

test("a job that was dropped right before the worker died holds the next time up", t => {
  const kept = keepSchedules(t);
  kept.write("nightly");
  kept.look(Date.now());
  for (let point = 1; kept.queued().length === 0; point++) {
    kept.restart();
    dieBefore(point, () => kept.look(kept.three));
  }
  kept.restart();
  kept.look(kept.three + DAY);
  assert.equal(kept.queued().length, 1);
  assert.equal(kept.state("nightly")?.skipped?.times, 1);
});

test("a worker that starts makes up for what was missed, and the job runs to its end", async t => {
  const kept = keepSchedules(t);
  kept.write("nightly", { submittedBy: "anna" });
  writeScheduleState(kept.world.layout, "nightly", { line: "0 3 * * * UTC", since: "2026-01-01T00:00:00.000Z" });
  const worker = kept.world.start();
  await until(() => kept.world.records().length === 1);
  await worker.idle();
  await worker.stop("leave");
  const again = kept.world.start();
  await again.idle();
  const [record, ...more] = kept.world.records();
  assert.deepEqual(more, []);
  assert.deepEqual(
    [record?.status, record?.via, record?.submittedBy, record?.parameters.n, record?.id],
    ["succeeded", "schedule", "anna", 7, kept.state("nightly")?.last?.id],
  );
});
