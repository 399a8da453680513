import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import { newId } from "../../../../core/jobs/id.ts";
import { listQueued } from "../../../../core/store/jobs-on-disk.ts";
import { eventsFile, runningFiles } from "../../../../core/store/layout.ts";
import { sha256Of } from "../../../../engines/run-script/folder.ts";
import { archived, ran, withScripts } from "../../../server/scripts-folder.ts";

test("every script is listed with its status, in the words of those who keep scripts", async t => {
  const portal = await withScripts(t);
  portal.write("new.py", "print(1)\n");
  const good = portal.write("good.py", "print(2)\n");
  const bad = portal.write("bad.py", "print(3)\n");
  const stopped = portal.write("stopped.py", "print(4)\n");
  for (const name of ["notes.txt", ".hidden.py", "UPPER.PY"]) portal.write(name, "x");
  symlinkSync("/etc/passwd", portal.path("link.py"));
  await ran(portal, "good.py", { outcome: "failed", sourceSnapshot: good, notes: ["exit code 1", "attempt 1"] });
  await ran(portal, "good.py", { sourceSnapshot: good, notes: ["exit code 0", "attempt 3"] });
  await ran(portal, "bad.py", { outcome: "failed", sourceSnapshot: bad, notes: ["exit code 9", "attempt 2"] });
  await ran(portal, "stopped.py", { outcome: "cancelled", sourceSnapshot: stopped });
  const { text } = await portal.get("/scripts");
  assert.match(text, /4 scripts in /);
  assert.match(text, /bad\.py ✕ Failed exit code 9 .* 2 good\.py ✓ Success .* 3 new\.py ○ Pending \d/);
  assert.match(text, /stopped\.py ○ Pending was cancelled/);
  for (const name of ["notes.txt", ".hidden.py", "UPPER.PY", "link.py"]) assert.ok(!text.includes(name), name);
});

test("a script whose content changed since its success is pending again, and one that only got a new date is not", async t => {
  const portal = await withScripts(t);
  const sha256 = portal.write("a.py", "print(1)\n");
  await ran(portal, "a.py", { sourceSnapshot: sha256 });
  utimesSync(portal.path("a.py"), new Date(), new Date(Date.now() - 60_000));
  assert.match((await portal.get("/scripts")).text, /a\.py ✓ Success/);
  portal.write("a.py", "print(2)\n");
  assert.match((await portal.get("/scripts")).text, /a\.py ○ Pending changed since its success/);
  portal.write("a.py", "print(1)\n");
  assert.match((await portal.get("/scripts")).text, /a\.py ✓ Success/);
});

test("what waits and what runs is told from the files of the queue, each script of a job for itself", async t => {
  const portal = await withScripts(t);
  for (const name of ["done.py", "now.py", "next.py", "later.py"]) portal.write(name, `print("${name}")\n`);
  const id = newId("run-script");
  const parameters = { paths: ["done.py", "now.py", "next.py"].map(portal.path) };
  writeFileSync(runningFiles(portal.layout, id).job, JSON.stringify({ type: "run-script", parameters }));
  const at = new Date().toISOString();
  const origin = { via: "portal", submittedBy: "anna", submittedAt: at };
  const claim = { id, type: "run-script", attempt: 1, claimNumber: 1, host: "here", claimedAt: at, origin };
  writeFileSync(
    runningFiles(portal.layout, id).claim,
    JSON.stringify({ ...claim, trusted: true, takenFrom: `${id}.json`, sessions: [] }),
  );
  const [done = "", now = "", next = ""] = parameters.paths;
  const steps = [done, now, next].map(table => ({ table, target: "", action: "run" }));
  const outcome = {
    table: done,
    target: "",
    outcome: "succeeded",
    seconds: 1,
    sourceSnapshot: sha256Of(readFileSync(done)),
  };
  const events = [
    { event: "planned", steps, parallel: 1 },
    { event: "table-started", table: done, target: "", action: "run" },
    { event: "table-ended", table: done, outcome },
    { event: "table-started", table: now, target: "", action: "run" },
  ];
  writeFileSync(
    eventsFile(portal.layout, id),
    events.map(one => `${JSON.stringify({ at, attempt: 1, ...one })}\n`).join(""),
  );
  portal.portal.submit(
    { person: { name: "anna", role: "operator" }, address: "", via: "portal" },
    { type: "run-script", parameters: { paths: [portal.path("later.py")] } },
  );
  const { text, body } = await portal.get("/scripts");
  assert.match(
    text,
    /done\.py ✓ Success .* later\.py ○ Pending waits in the queue .* next\.py ○ Pending waits in the queue .* now\.py ● Running/,
  );
  assert.match(body, /id="scripts" hx-get="\/scripts" hx-trigger="every 2s"/);
});

test("a script is read with colours, whatever it says, and what hides in it is shown", async t => {
  const portal = await withScripts(t);
  portal.write("evil.py", 'def f():\n    return "</code><script>alert(1)</script>&amp;"  # \u202Eevil\n');
  const { body, text } = await portal.get(`/scripts/view?path=${encodeURIComponent(portal.path("evil.py"))}`);
  assert.match(body, /<span class="hljs-keyword">def<\/span>/);
  assert.ok(!body.includes("<script>alert"));
  assert.match(text, /return "<\/code><script>alert\(1\)<\/script>&amp;"/);
  assert.match(body, /<mark title="[^"]+">U\+202E<\/mark>/);
  assert.match(text, /2 lines/);
});

test("what a job has run can be read as it was, whatever lies in the folder by now", async t => {
  const portal = await withScripts(t);
  const sha256 = portal.write("a.py", 'print("then")\n');
  await ran(portal, "a.py", { sourceSnapshot: sha256 });
  const [{ id = "" } = {}] = archived.get(portal) ?? [];
  const address = (path: string, job = id) =>
    `/scripts/view?path=${encodeURIComponent(path)}&job=${encodeURIComponent(job)}`;
  assert.equal((await portal.get(address(portal.path("a.py")))).status, 404, "its copy is gone");
  writeFileSync(join(portal.layout.logs, `${id}.${sha256.slice(0, 12)}.a.py`), 'print("then")\n');
  portal.write("a.py", 'print("now")\n');
  const page = await portal.get(`/scripts/view?path=${encodeURIComponent(portal.path("a.py"))}`);
  assert.match(page.text, /1 line print \( "now" \)/);
  const [, link = ""] = /href="([^"]+)">what ran</.exec(page.body) ?? [];
  const then = await portal.get(link.replaceAll("&amp;", "&"));
  assert.match(then.text, new RegExp(`as it was run by ${id} .*print \\( "then" \\)`));
  for (const path of [portal.path("b.py"), "../../etc/passwd"])
    assert.equal((await portal.get(address(path))).status, 404);
  assert.equal((await portal.get(address(portal.path("a.py"), "../x"))).status, 404);
});

test("only scripts of the folders can be read", async t => {
  const portal = await withScripts(t);
  writeFileSync(join(portal.folder, "..", "outside.py"), "secret\n");
  t.after(() => unlinkSync(join(portal.folder, "..", "outside.py")));
  symlinkSync("/etc/passwd", portal.path("link.py"));
  for (const path of [
    "/etc/passwd",
    `${portal.folder}/../outside.py`,
    "outside.py",
    "",
    portal.path("link.py"),
    portal.path("gone.py"),
  ]) {
    const { status, text } = await portal.get(`/scripts/view?path=${encodeURIComponent(path)}`);
    assert.equal(status, 404, path);
    assert.doesNotMatch(text, /secret|root:/);
  }
});

test("those that are ticked become one job, with the bytes that were shown, retries, arguments and settings", async t => {
  const portal = await withScripts(t);
  const [a, b] = [portal.write("a.py", "print(1)\n"), portal.write("two words-ü.py", "print(2)\n")];
  const { body } = await portal.get("/scripts");
  const shown = [...body.matchAll(/name="shown" value="([^"]+)"/g)].map(([, value]) => value ?? "");
  const paths = ["a.py", "two words-ü.py"].map(portal.path);
  assert.deepEqual(shown, [`${a} ${paths[0]}`, `${b} ${paths[1]}`]);
  const form = {
    script: paths,
    shown,
    retries: "2",
    arguments: "--day\r\n\r\ntwo words\r\n",
    conf: "spark.executor.memory = 2g\r\n",
  };
  const { location, status } = await portal.post("/scripts/run", form);
  assert.equal(status, 303);
  const [job] = listQueued(portal.layout);
  assert.equal(location, `/jobs/${job?.id}`);
  assert.equal(job?.file?.maxAttempts, 3);
  assert.deepEqual(job?.file?.parameters, {
    ...{ paths, arguments: ["--day", "", "two words"], conf: { "spark.executor.memory": "2g" } },
    sha256: { [paths[0] ?? ""]: a, [paths[1] ?? ""]: b },
  });
  assert.equal(readAuditEvents(portal.layout)[0]?.what, "start");
});

test("what can't be started is refused with a sentence", async t => {
  const portal = await withScripts(t);
  portal.write("a.py", "print(1)\n");
  assert.match((await portal.post("/scripts/run", {})).text, /No script is chosen/);
  const wrong = await portal.post("/scripts/run", { script: portal.path("a.py"), conf: "spark.master=local" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /"spark\.master" is not for a job to set/);
  assert.match(
    (await portal.post("/scripts/run", { script: portal.path("a.py"), conf: "nonsense" })).text,
    /"nonsense" is no Spark setting/,
  );
  assert.equal((await portal.post("/scripts/run", { script: portal.path("a.py"), retries: "99" })).status, 422);
  assert.equal(listQueued(portal.layout).length, 0);
});

test("where HDFS is away the page says so and what to do, and still has the other folder", async t => {
  const other = mkdtempSync(join(tmpdir(), "portal-scripts-"));
  t.after(() => rmSync(other, { recursive: true, force: true }));
  writeFileSync(join(other, "here.py"), "print(1)\n");
  const SCRIPTS_DIR = `hdfs:///my_project/scripts,${other}`;
  const portal = await withScripts(t, "operator", { SCRIPTS_DIR, WEBHDFS_URL: "http://127.0.0.1:1" });
  const { status, text, body } = await portal.get("/scripts");
  assert.equal(status, 200);
  assert.match(text, /hdfs:\/\/\/my_project\/scripts can't be listed HDFS at 127\.0\.0\.1:1 does not answer/);
  assert.match(text, /correct WEBHDFS_URL in \.env/);
  assert.match(text, /here\.py \S+ ○ Pending/);
  assert.match(body, /hx-trigger="every 5s"/);
  const unset = await withScripts(t, "operator", { SCRIPTS_DIR: "hdfs:///my_project/scripts" });
  assert.match((await unset.get("/scripts")).text, /No HDFS is set or started: run `npm run laptop`/);
});

test("an empty folder and a search without a match say different things", async t => {
  const portal = await withScripts(t);
  assert.match((await portal.get("/scripts")).text, /There is no script yet/);
  portal.write("daily report.py", "print(1)\n");
  assert.match((await portal.get("/scripts?text=REPORT+daily")).text, /daily report\.py ○ Pending/);
  assert.match((await portal.get("/scripts?text=weekly")).text, /No scripts match/);
});

test("when a script was first seen outlives its changes, and the note of it may be deleted", async t => {
  const portal = await withScripts(t);
  portal.write("a.py", "print(1)\n");
  const old = new Date("2026-01-02T03:04:05Z");
  utimesSync(portal.path("a.py"), old, old);
  const seen = (body: string) =>
    [...body.matchAll(/<td data-label="First seen"><time datetime="([^"]+)"/g)].map(match => match[1]);
  assert.deepEqual(seen((await portal.get("/scripts")).body), [old.toISOString()]);
  portal.write("a.py", "print(2)\n");
  assert.deepEqual(seen((await portal.get("/scripts")).body), [old.toISOString()]);
  unlinkSync(join(portal.layout.archive, ".scripts.json"));
  assert.notDeepEqual(seen((await portal.get("/scripts")).body), [old.toISOString()]);
});
