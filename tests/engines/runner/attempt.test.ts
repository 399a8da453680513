import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerLost } from "../../../connectors/spark/errors.ts";
import type { NewEvent } from "../../../core/jobs/events.ts";
import { newId } from "../../../core/jobs/id.ts";
import { jobOf } from "../../../core/jobs/job.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import type { ItemNoun } from "../../../core/jobs/states.ts";
import { readSettings } from "../../../core/settings.ts";
import type { Engine, Step } from "../../../engines/engine.ts";
import { runAttempt } from "../../../engines/runner/attempt.ts";

const step = (table: string): Step => ({ table, target: `lake.${table}`, action: "create", detail: undefined });

async function attempt(
  engine: Engine,
  more: { succeeded?: Outcome[]; signal?: AbortSignal; itemNoun?: ItemNoun } = {},
) {
  const events: NewEvent[] = [];
  const file = { type: "ingest-hive", parameters: {} };
  const job = jobOf(newId("ingest-hive"), file, {}, { via: "command", submittedBy: "t", submittedAt: "" });
  const ending = await runAttempt(engine, {
    ...{ job, attempt: 1, settings: readSettings({}, ""), sessions: [], succeeded: [], ...more },
    signal: more.signal ?? new AbortController().signal,
    emit: event => void events.push(event),
    proof: () => undefined,
  });
  return { ...ending, events };
}

const engine = (tables: string[], run: (table: string) => Promise<void> = async () => {}): Engine => ({
  plan: async () => ({ steps: tables.map(step), parallel: 2 }),
  run: async ({ table }) => {
    await run(table);
    return { outcome: "succeeded", rows: "1" };
  },
});

test("an attempt in which all succeeds exits with 0", async () => {
  const { exitCode, outcomes } = await attempt(engine(["a", "b", "c"]));
  assert.equal(exitCode, 0);
  assert.equal(outcomes.length, 3);
});

test("one failed table never stops the others, and the job says how many failed", async () => {
  const failing = engine(["a", "b", "c"], async table => {
    if (table === "b") throw new Error("no such file");
  });
  const { exitCode, outcomes, error } = await attempt(failing);
  assert.equal(exitCode, 1);
  assert.equal(error?.message, "1 of 3 tables failed: b");
  assert.deepEqual(outcomes.map(outcome => outcome.outcome).sort(), ["failed", "succeeded", "succeeded"]);
});

test("a database without tables is a failure that says so: nothing was done", async () => {
  const { exitCode, error } = await attempt(engine([]));
  assert.equal(exitCode, 1);
  assert.match(error?.message ?? "", /nothing to do: no table was found/);
});

test("a job that is about something else than tables says so", async () => {
  const failing = engine(["spark", "azure", "snowflake"], async name => {
    if (name !== "azure") throw new Error("away");
  });
  const itemNoun = ["service", "services"] as const;
  assert.equal((await attempt(failing, { itemNoun })).error?.message, "2 of 3 services failed: spark, snowflake");
  assert.match((await attempt(engine([]), { itemNoun })).error?.message ?? "", /no service was found/);
});

test("a service that is away exits with 3, so that another attempt is made", async () => {
  const away = engine(["a"], async () => {
    throw new ServerLost("Spark does not answer");
  });
  assert.equal((await attempt(away)).exitCode, 3);
});

test("what an earlier attempt finished is not done again, and stays in the outcomes", async () => {
  const ran: string[] = [];
  const succeeded: Outcome[] = [{ table: "a", target: "lake.a", outcome: "succeeded", seconds: 1 }];
  const { exitCode, outcomes } = await attempt(
    engine(["a", "b"], async table => void ran.push(table)),
    { succeeded },
  );
  assert.deepEqual(ran, ["b"]);
  assert.equal(exitCode, 0);
  assert.deepEqual(
    outcomes.map(outcome => outcome.table),
    ["a", "b"],
  );
});

test("a wish to stop ends with 130, and tables that were not begun are cancelled", async () => {
  const stop = new AbortController();
  const slow = engine(["a", "b", "c"], async () => stop.abort());
  const { exitCode, outcomes } = await attempt(slow, { signal: stop.signal });
  assert.equal(exitCode, 130);
  assert.ok(outcomes.some(outcome => outcome.outcome === "cancelled"));
});

test("steps run side by side, and no more of them than the plan says", async () => {
  let now = 0;
  let most = 0;
  const counting = engine(["a", "b", "c", "d", "e"], async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(resolve => setTimeout(resolve, 10));
    now -= 1;
  });
  await attempt(counting);
  assert.equal(most, 2);
});
