import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { submitJob } from "../../../core/store/submit.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { archive, outcome, temporaryLayout } from "../../core/audit/archive.ts";
import { auditEvents, INGEST, job } from "../run.ts";

const THEN = [{ type: "ingest-hive", parameters: { database: "later" } }];
const PARAMETERS = { database: "sales", tables: "*", to: "lake", ifExists: "replace", verify: "metadata" };

function failed(layout: Layout, given: Partial<JobRecord> = {}): JobRecord {
  return archive(layout, undefined, {
    ...{ status: "failed", exitCode: 1, parameters: PARAMETERS, then: THEN },
    job: { ...INGEST, maxAttempts: 3, priority: 7, note: "monthly", via: "portal", parent: newId("ingest-hive") },
    tables: [
      outcome("good"),
      outcome("bad", { outcome: "failed" }),
      outcome("late", { outcome: "cancelled" }),
      outcome("odd", { outcome: "skipped" }),
    ],
    ...given,
  });
}

function queued(layout: Layout): Record<string, unknown>[] {
  const names = readdirSync(layout.queue).filter(name => name.endsWith(".json"));
  return names.map(name => JSON.parse(readFileSync(join(layout.queue, name), "utf8")));
}

for (const words of [[], ["--failed"]])
  test(`a retry ${words.join("")} takes the tables that failed or were cancelled, all else the same`, async t => {
    const layout = temporaryLayout(t);
    const record = failed(layout);
    const { code, out } = await job(layout, ["retry", record.id, ...words]);
    assert.equal(code, 0);
    const [file] = queued(layout);
    assert.match(out, new RegExp(`^${file?.id} is queued`));
    const { id, submittedAt: _, submittedBy: __, ...rest } = file ?? {};
    assert.notEqual(id, record.id);
    assert.deepEqual(rest, {
      ...{ type: "ingest-hive", parameters: { ...PARAMETERS, tables: ["bad", "late"] }, then: THEN },
      ...{ maxAttempts: 3, priority: 7, note: "monthly", retryOf: record.id, via: "command" },
    });
  });

test("a retry leaves an audit event of the new job, as from a page", async t => {
  const layout = temporaryLayout(t);
  await job(layout, ["retry", failed(layout).id]);
  const [file] = queued(layout);
  const about = titleOf(file?.type, file?.parameters);
  assert.deepEqual(auditEvents(layout), [
    { by: userInfo().username, via: "command", what: "retry", job: file?.id, about },
  ]);
});

test("a retry of all takes the parameters as they were", async t => {
  const layout = temporaryLayout(t);
  await job(layout, ["retry", failed(layout).id, "--all"]);
  assert.deepEqual(queued(layout)[0]?.parameters, PARAMETERS);
});

test("a job that failed before it knew its tables is retried whole", async t => {
  const layout = temporaryLayout(t);
  await job(layout, ["retry", failed(layout, { tables: [] }).id]);
  assert.deepEqual(queued(layout)[0]?.parameters, PARAMETERS);
});

test("where nothing is left to do, a retry says so and how to run the whole again", async t => {
  const layout = temporaryLayout(t);
  const record = failed(layout, {
    status: "succeeded",
    tables: [outcome("good"), outcome("odd", { outcome: "skipped" })],
  });
  const { code, err } = await job(layout, ["retry", record.id]);
  assert.equal(code, 1);
  assert.ok(err.includes(`npm run job -- retry ${record.id} --all`), err);
  assert.deepEqual(queued(layout), []);
  assert.deepEqual(auditEvents(layout), []);
});

test("a job that has not ended can't be retried", async t => {
  const layout = temporaryLayout(t);
  const id = newId("ingest-hive");
  submitJob(layout, id, INGEST);
  const { code, err } = await job(layout, ["retry", id]);
  assert.equal(code, 1);
  assert.match(err, /has not ended, it is queued/);
  assert.equal(queued(layout).length, 1);
});
