import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { temporaryLayout } from "../../core/audit/archive.ts";
import { INGEST, job, write } from "../run.ts";

const { SPARK_REMOTE, HIVE_METASTORE_URI, LAKE_WAREHOUSE } = process.env;
const real = { SPARK_REMOTE, HIVE_METASTORE_URI, LAKE_WAREHOUSE };
const skip = SPARK_REMOTE ? false : "SPARK_REMOTE is not set: there is no Spark to plan on";

test("a wrong file is not planned", async t => {
  const layout = temporaryLayout(t);
  const { code, err } = await job(layout, ["plan", write(layout, "bad.json", { type: "ingest-hvie" })]);
  assert.equal(code, 2);
  assert.match(err, /did you mean "ingest-hive"\?/);
});

test("without a Spark a plan says which line to write", async t => {
  const layout = temporaryLayout(t);
  const { code, err } = await job(layout, ["plan", write(layout, "mine.json", INGEST)]);
  assert.equal(code, 1);
  assert.match(err, /SPARK_REMOTE=sc:\/\/host:15002 into \.env/);
});

test("a plan on a Spark that does not answer ends with 3: another try is worth it", async t => {
  const layout = temporaryLayout(t);
  const file = write(layout, "mine.json", INGEST);
  const environment = { SPARK_REMOTE: "sc://127.0.0.1:1", SPARK_ANSWER_SECONDS: "2" };
  const { code, err } = await job(layout, ["plan", file], environment);
  assert.equal(code, 3);
  assert.match(err, /No Spark Connect server answered at 127\.0\.0\.1:1 within 2 s/);
});

test("what can't be done is named with its reason, and nothing is submitted", { skip }, async t => {
  const layout = temporaryLayout(t);
  const file = write(layout, "mine.json", {
    type: "ingest-hive",
    parameters: { database: "default", tables: ["never_was"] },
  });
  const { code, out } = await job(layout, ["plan", file], real);
  assert.equal(code, 1, out);
  assert.match(out, /^table +target +action +rows +size +why\n/);
  assert.match(out, /✕ 1 can't be done:\n {2}hive\.default\.never_was: There is no table never_was/);
  assert.deepEqual(readdirSync(layout.queue).sort(), ["cancel", "rejected", "running"]);
});
