import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { cancelFile } from "../../../core/store/cancel.ts";
import { submitJob } from "../../../core/store/submit.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { archive, temporaryLayout } from "../../core/audit/archive.ts";
import { auditEvents, INGEST, job } from "../run.ts";

test("the wish to cancel a job is left for the worker, with who wished it and why", async t => {
  const layout = temporaryLayout(t);
  const id = newId("ingest-hive");
  submitJob(layout, id, INGEST);
  const { code, out } = await job(layout, ["cancel", id, "--reason", "wrong month"]);
  assert.equal(code, 0);
  assert.match(
    out,
    new RegExp(`^${id} will be cancelled: it goes to archive/ without being run\\.\nNo worker is running`),
  );
  const { at: _, ...wish } = JSON.parse(readFileSync(cancelFile(layout, id), "utf8"));
  assert.deepEqual(wish, { by: userInfo().username, reason: "wrong month" });
});

test("a cancel leaves one audit event, as from a page, with the user of the terminal", async t => {
  const layout = temporaryLayout(t);
  const id = newId("ingest-hive");
  submitJob(layout, id, INGEST);
  await job(layout, ["cancel", id, "--reason", "wrong month"]);
  const about = titleOf(INGEST.type, INGEST.parameters);
  const by = { by: userInfo().username, via: "command" };
  assert.deepEqual(auditEvents(layout), [{ ...by, what: "cancel", job: id, about, detail: "wrong month" }]);
  const again = await job(layout, ["cancel", id]);
  assert.deepEqual([again.code, again.out.split("\n")[0]], [0, `${id} is being cancelled already.`]);
  assert.equal(auditEvents(layout).length, 1);
});

test("a job that has ended can't be cancelled, and no wish is left", async t => {
  const layout = temporaryLayout(t);
  const { id } = archive(layout);
  const { code, out } = await job(layout, ["cancel", id]);
  assert.equal(code, 1);
  assert.match(out, /has ended already \(succeeded\)/);
  assert.equal(existsSync(cancelFile(layout, id)), false);
  assert.deepEqual(auditEvents(layout), []);
});
