import assert from "node:assert/strict";
import { test } from "node:test";
import { expectParts, type Part, reportPart, reportTo } from "../../../../setup/report.mjs";
import { startApi } from "../../api.ts";
import { startPortal } from "../../portal.ts";

const SPARK: Part = { kind: "download", title: "Spark 4.1.4", neededFor: "every job", megabytes: 900 };
const KAFKA: Part = { kind: "download", title: "A small Kafka", neededFor: "streams" };

// What pages know is at most half a second old.
const fresh = () => new Promise(done => setTimeout(done, 450));

test("while the set-up goes on every page says so, and once all is there none does", async t => {
  const { portal, get } = await startPortal(t, { role: "viewer" });
  assert.match((await get("/")).text, /No worker is running: jobs wait\. Start one with npm start/);
  assert.doesNotMatch((await get("/jobs")).body, /id="set-up"/);
  reportTo(portal.settings.LAPTOP_DIR);
  expectParts([KAFKA]);
  reportPart(SPARK, { state: "running", done: 210 });
  await fresh();
  const overview = await get("/");
  assert.match(overview.text, /The set-up is going on: jobs wait for the worker\. You can start jobs already/);
  assert.doesNotMatch(overview.text, /No worker is running/);
  assert.match(
    overview.text,
    /Set-up 0 of 2 parts are there .*Spark 4\.1\.4 ● Being installed 210 of 900 MB every job/,
  );
  assert.doesNotMatch(overview.body, /id="set-up"/);
  assert.match((await get("/jobs")).text, /● Being installed Spark 4\.1\.4, 210 of 900 MB\. .* 1 more part/);
  assert.match((await get("/set-up")).body, /^<div class="notice wait" id="set-up" hx-get="\/set-up"/);

  reportPart(SPARK, { state: "succeeded" });
  reportPart(KAFKA, { state: "failed", error: "No network. Connect." });
  await fresh();
  assert.match((await get("/")).text, /No worker is running/);
  assert.match((await get("/jobs")).text, /✕ Failed A small Kafka\. No network\. Connect\. It is needed for streams\./);
  reportPart(KAFKA, { state: "succeeded" });
  await fresh();
  assert.equal((await get("/set-up")).body, '<div id="set-up" hidden></div>');
  for (const path of ["/", "/jobs"]) assert.doesNotMatch((await get(path)).text, /Spark 4\.1\.4|A small Kafka/);
});

test("nobody is shown the set-up who is not logged in", async t => {
  const { portal, get } = await startPortal(t, { role: "nobody" });
  reportTo(portal.settings.LAPTOP_DIR);
  reportPart(SPARK, { state: "running" });
  assert.equal((await get("/set-up")).status, 303);
  assert.doesNotMatch((await get("/login")).body, /Spark 4\.1\.4/);
});

test("the API has the parts of the set-up with the health of the services", async t => {
  const api = await startApi(t);
  reportTo(api.portal.settings.LAPTOP_DIR);
  reportPart(SPARK, { state: "running", done: 210 });
  await fresh();
  const { body } = await api.call("GET", "/api/health");
  const [spark] = body.setUp.filter(({ title }: Part) => title === SPARK.title);
  assert.deepEqual({ ...spark, since: "" }, { ...SPARK, state: "running", done: 210, since: "" });
  const ready = JSON.parse((await api.get("/readyz")).body);
  const worker = ready.checks.find(({ name }: { name: string }) => name === "worker");
  assert.equal(worker.description, "does not run yet: the set-up is going on");
});
