import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { jobOf } from "../../../core/jobs/job.ts";
import { PROJECT, readSettings } from "../../../core/settings.ts";
import type { Engine, Step } from "../../../engines/engine.ts";
import { runAttempt } from "../../../engines/runner/attempt.ts";
import type { AttemptOptions } from "../../../engines/runner/limits.ts";

const never = () => new Promise<never>(() => {});
const step = (table: string): Step => ({ table, target: `lake.t.${table}`, action: "copy", detail: undefined });
const ok = async () => ({ outcome: "succeeded" as const, rows: "1" });
const planned = async (): Promise<{ steps: Step[]; parallel: number }> => ({
  steps: [step("a"), step("b"), step("c")],
  parallel: 3,
});

function attemptOf(given: Partial<AttemptOptions>, timeoutMinutes = 0.001): AttemptOptions {
  const id = "20261123T094512123Z-light-k3f9q2";
  const origin = { via: "command", submittedBy: "anna", submittedAt: new Date().toISOString() } as const;
  return {
    job: jobOf(id, { type: "light", parameters: {}, timeoutMinutes }, {}, origin),
    attempt: 1,
    settings: readSettings({}, "/nowhere/.env"),
    sessions: [],
    succeeded: [],
    signal: new AbortController().signal,
    grace: 100,
    emit: () => {},
    proof: () => {},
    ...given,
  };
}

const HANGING: Record<string, Engine> = {
  "planning that never answers": { plan: never, run: ok },
  "a step that never answers": { plan: planned, run: never },
  "one step of three that never answers": { plan: planned, run: async ({ table }) => (table === "c" ? never() : ok()) },
};

for (const [what, engine] of Object.entries(HANGING)) {
  test(`${what} ends with its deadline, and says so`, async () => {
    const { exitCode, error, outcomes } = await runAttempt(engine, attemptOf({ timeout: 60 }));
    assert.equal(exitCode, 1);
    assert.deepEqual(error, {
      message: "The attempt took longer than 0.001 minutes and was ended.",
      hint: "Raise timeoutMinutes.",
    });
    assert.equal(outcomes.length, what.startsWith("one") ? 2 : 0);
  });

  test(`${what} ends within its grace once the engine is told to end`, async () => {
    const { exitCode, error } = await runAttempt(engine, attemptOf({ signal: AbortSignal.timeout(60) }));
    assert.equal(exitCode, 130);
    assert.match(error?.message ?? "", /did not answer within 0\.1 s/);
  });
}

test("what ends in order within its grace is told as it ended, and what is done by then counts", async () => {
  const engine: Engine = {
    plan: planned,
    run: async (_, { signal }) => {
      await new Promise(resolve => signal.addEventListener("abort", resolve));
      return { outcome: "succeeded" };
    },
  };
  const { exitCode, outcomes } = await runAttempt(engine, attemptOf({ timeout: 60, grace: 60_000 }));
  assert.deepEqual([exitCode, outcomes.length], [0, 3]);
});

test("nothing is told after the end", async () => {
  const late = Promise.withResolvers<void>();
  const told: string[] = [];
  const engine: Engine = {
    plan: planned,
    run: async (one, { emit }) => {
      await late.promise;
      emit({ event: "note", message: one.table });
      return { outcome: "succeeded" };
    },
  };
  await runAttempt(engine, attemptOf({ timeout: 30, emit: ({ event }) => told.push(event) }));
  const before = told.length;
  late.resolve();
  await new Promise(resolve => setTimeout(resolve, 50));
  assert.equal(told.length, before);
  assert.deepEqual([...new Set(told)], ["planned", "table-started"]);
});

// A server that takes a connection and never says a word, as one behind a firewall does.
async function silentServer(t: TestContext): Promise<number> {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise(resolve => server.once("listening", resolve));
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

async function engineProcess(t: TestContext, timeoutMinutes?: number, environment: NodeJS.ProcessEnv = {}) {
  const root = mkdtempSync(join(tmpdir(), "limits-"));
  const port = await silentServer(t);
  const file = join(root, "job.json");
  const parameters = { database: "d", tables: ["t"] };
  writeFileSync(file, JSON.stringify({ type: "ingest-hive", parameters, ...(timeoutMinutes && { timeoutMinutes }) }));
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ["engines/run.ts", file], {
    cwd: PROJECT,
    env: { PATH, HOME, DATA_DIR: root, LAPTOP_DIR: root, SPARK_REMOTE: `sc://127.0.0.1:${port}`, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const output of [child.stdout, child.stderr]) output.on("data", data => (text += data));
  t.after(() => {
    child.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  });
  const ended = new Promise<number | null>(resolve => child.once("exit", resolve));
  return { child, ended, printed: () => text };
}

test("an engine run by hand against a Spark that never answers ends with its deadline", async t => {
  const { ended, printed } = await engineProcess(t, 0.02, { SPARK_ANSWER_SECONDS: "4" });
  assert.equal(await ended, 1);
  assert.match(printed(), /took longer than 0\.02 minutes|does not answer/);
});

test("an engine run by hand against a Spark that never answers ends when it is told to, at the second time at once", async t => {
  const { child, ended } = await engineProcess(t);
  await new Promise(resolve => setTimeout(resolve, 4_000));
  child.kill("SIGTERM");
  await new Promise(resolve => setTimeout(resolve, 1_500));
  const second = performance.now();
  child.kill("SIGTERM");
  await ended;
  assert.ok(performance.now() - second < 5_000);
});
