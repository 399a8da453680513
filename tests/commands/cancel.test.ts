import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { test } from "node:test";
import { cancelFile } from "../../files/cancel.ts";
import { submitJob } from "../../files/submit.ts";
import { newId } from "../../jobs/id.ts";
import { archive, temporaryLayout } from "../audit/archive.ts";
import { INGEST, job } from "./run.ts";

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

test("a job that has ended can't be cancelled, and no wish is left", async t => {
  const layout = temporaryLayout(t);
  const { id } = archive(layout);
  const { code, out } = await job(layout, ["cancel", id]);
  assert.equal(code, 1);
  assert.match(out, /has ended already \(succeeded\)/);
  assert.equal(existsSync(cancelFile(layout, id)), false);
});
