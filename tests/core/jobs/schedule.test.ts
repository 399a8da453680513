import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { isId } from "../../../core/jobs/id.ts";
import { parseSchedule, scheduledJob } from "../../../core/jobs/schedule.ts";

const types = {
  copy: { shape: z.strictObject({ database: z.string() }) },
  report: { shape: z.strictObject({ table: z.string() }) },
};
const job = { type: "copy", parameters: { database: "sales" } };

const problems = (file: object | string): string => {
  const parsed = parseSchedule(Buffer.from(typeof file === "string" ? file : JSON.stringify(file, null, 2)), types);
  return parsed.ok ? "" : parsed.problems.join("\n");
};

test("a schedule is a cron line, a time zone and a job; the time zone is UTC unless it says another", () => {
  const parsed = parseSchedule(Buffer.from(JSON.stringify({ cron: "0 3 * * *", job })), types);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.schedule, { cron: "0 3 * * *", timeZone: "UTC", job });
  const whole = { cron: "@daily", timeZone: "Europe/Berlin", job: { ...job, then: [{ type: "report" }] } };
  assert.equal(problems({ ...whole, paused: true, note: "while we move" }), "");
});

test("what is wrong is said in a sentence with its line, and the nearest known word", () => {
  assert.match(problems({ cron: "0 3 * * *", timezone: "UTC", job }), /line 3, timezone: .*did you mean "timeZone"\?/);
  assert.match(problems({ cron: "0 3 * * *", job: { typ: "copy" } }), /job\.typ: unknown key, did you mean "type"\?/);
  assert.match(problems({ cron: "0 3 * * *", job: { type: "cpoy" } }), /job\.type: unknown type .*"copy"\?/);
  assert.match(problems({ cron: "0 3 * * *", job: { type: "copy" } }), /job\.parameters\.database: /);
  assert.match(problems({ cron: "0 3 * * *", job: { ...job, then: [{ type: "reprot" }] } }), /job\.then\[0\]\.type: /);
  assert.match(problems({ cron: "0 3 * * *" }), /job: /);
  assert.match(problems({ cron: "0 3 * *", job }), /line 2, cron: expected five parts .* got 4/);
  assert.match(problems({ cron: "61 3 * * *", job }), /cron: invalid value for minute: 61/);
  assert.match(problems({ cron: "0 0 30 2 *", job }), /cron: such a day never comes/);
  assert.match(problems({ cron: "0 0 3 * * *", job }), /cron: expected five parts .* got 6/);
  assert.match(problems({ cron: "0 3 * * *", timeZone: "Europe/Berln", job }), /did you mean "Europe\/Berlin"\?/);
  assert.match(problems("[]"), /expected a JSON object \{ "cron": …/);
  assert.match(problems('{ "cron": '), /not JSON/);
});

test("a schedule says nothing that only the portal and the worker may say", () => {
  for (const key of ["id", "via", "submittedBy", "submittedAt", "parent", "retryOf"])
    assert.match(
      problems({ cron: "0 3 * * *", job: { ...job, [key]: "x" } }),
      new RegExp(`job\\.${key}: unknown key`),
      key,
    );
});

test("the job of a time always has the same id, and another time or another name gives another", () => {
  const at = Date.parse("2026-11-25T02:00:00.000Z");
  const schedule = { cron: "0 3 * * *", timeZone: "UTC", job: { ...job, note: "for Ben" } };
  const made = scheduledJob("nightly", schedule, at, "anna");
  assert.deepEqual(made, scheduledJob("nightly", schedule, at, "anna"));
  assert.ok(isId(made.id), made.id);
  assert.match(made.id, /^20261125T020000000Z-copy-/);
  assert.notEqual(scheduledJob("weekly", schedule, at, "anna").id, made.id);
  assert.notEqual(scheduledJob("nightly", schedule, at + 60_000, "anna").id, made.id);
  assert.deepEqual(
    [made.via, made.submittedBy, made.note, made.parameters],
    ["schedule", "anna", "schedule nightly: for Ben", job.parameters],
  );
});
