import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import type { Layout } from "../../../../core/store/layout.ts";
import { rejectedFile } from "../../log-files.ts";
import { startPortal } from "../../portal.ts";

const GOOD = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } };
const month = () => new Date().toISOString().slice(0, 7);
const asideOf = (layout: Layout) => join(layout.archive, month(), "set-aside");
const namesOf = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);

test("no rejected file: the page says so, and what belongs there", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  assert.match((await portal.get("/rejected")).text, /No file was rejected A file in queue\/ that is no job/);
});

test("each rejected file is listed with its reason, its size, its owner and its age, the newest first", async t => {
  const portal = await startPortal(t);
  rejectedFile(portal.layout, "weekly load.json", '{"type":"ingest"}', 'line 1, type: unknown type "ingest"');
  const page = await portal.get("/rejected");
  assert.match(page.text, /Rejected files 1 file/);
  assert.match(page.text, /weekly load\.json 17 B, from \S+ line 1, type: unknown type "ingest" (now|\d+s ago)/);
  assert.doesNotMatch(page.text, /move the file back/);
});

test("more than a hundred are shown page by page, each once", async t => {
  const portal = await startPortal(t);
  for (let i = 0; i < 250; i++) rejectedFile(portal.layout, `f${i}.json`, "{");
  const seen: string[] = [];
  for (let path: string | undefined = "/rejected"; path; ) {
    const page = await portal.get(path);
    seen.push(...Array.from(page.body.matchAll(/<strong>(f\d+\.json)/g), found => found[1] ?? ""));
    path = /rel="next" href="([^"]+)"/.exec(page.body)?.[1];
  }
  assert.equal(new Set(seen).size, 250);
  assert.equal(seen.length, 250);
});

test("a corrected text is submitted in the person's name, and the file goes to the archive with its reason", async t => {
  const portal = await startPortal(t);
  const { layout } = portal;
  rejectedFile(layout, "mine.json", '{"type":"ingest-hvie"}');
  const told = { ...GOOD, submittedBy: "somebody else", via: "hand" };
  const text = JSON.stringify(told, null, 2).replaceAll("\n", "\r\n");
  const sent = await portal.post("/rejected/submit?file=mine.json", { text });
  assert.equal(sent.status, 303);
  const id = /^\/jobs\/(.+)$/.exec(sent.location ?? "")?.[1];
  const job = JSON.parse(readFileSync(join(layout.queue, `${id}.json`), "utf8"));
  assert.equal(job.submittedBy, "test-operator");
  assert.equal(job.via, "portal");
  assert.deepEqual(job.parameters.tables, ["orders"]);
  assert.deepEqual(namesOf(layout.rejected), []);
  const aside = asideOf(layout);
  assert.deepEqual(namesOf(aside), ["mine.json", "mine.json.reason.txt", "mine.json.set-aside.json"]);
  assert.equal(readFileSync(join(aside, "mine.json"), "utf8"), '{"type":"ingest-hvie"}');
  const note = JSON.parse(readFileSync(join(aside, "mine.json.set-aside.json"), "utf8"));
  assert.deepEqual([note.by, note.what, note.job], ["test-operator", "submit again", id]);
  const events = readAuditEvents(layout).map(({ what, job, about }) => ({ what, job, about }));
  assert.deepEqual(events[0], { what: "submit again", job: id, about: "mine.json" });
  assert.equal(events[1]?.what, "start");
});

test("what is wrong stands beside the form with its lines, what was typed is kept, and nothing is moved", async t => {
  const portal = await startPortal(t);
  rejectedFile(portal.layout, "mine.json", "{");
  const text = '\n{ "type": "ingest-hive",\n  "parameters": { "databse": "x", "tables": ["</textarea><b>"] } }';
  const page = await portal.post("/rejected/submit?file=mine.json", { text });
  assert.equal(page.status, 422);
  assert.match(page.text, /Nothing was submitted: 2 things are wrong\./);
  assert.match(page.text, /line 3, parameters\.databse: unknown key, did you mean "database"\?/);
  assert.match(
    page.body,
    /<textarea[^>]*>\n\n\{ &quot;type&quot;: &quot;ingest-hive&quot;,\n {2}.*&lt;\/textarea&gt;&lt;b&gt;/,
  );
  assert.deepEqual(namesOf(portal.layout.rejected), ["mine.json", "mine.json.reason.txt"]);
  assert.deepEqual(readAuditEvents(portal.layout), []);
  for (const broken of ["", "{", "[]", '{"type":"ingest-hive","__proto__":{}}'])
    assert.equal((await portal.post("/rejected/submit?file=mine.json", { text: broken })).status, 422, broken);
});

test("an id that a job has already is refused beside the form", async t => {
  const portal = await startPortal(t);
  rejectedFile(portal.layout, "mine.json", "{");
  const id = "20261124T100000000Z-ingest-hive-aaaaaa";
  writeFileSync(join(portal.layout.queue, `${id}.json`), JSON.stringify({ ...GOOD, id }));
  const page = await portal.post("/rejected/submit?file=mine.json", { text: JSON.stringify({ ...GOOD, id }) });
  assert.equal(page.status, 422);
  assert.match(page.text, new RegExp(`There is a job ${id} already\\.`));
});

test("of two who submit the same file one comes too late", async t => {
  const portal = await startPortal(t);
  rejectedFile(portal.layout, "mine.json", "{");
  const text = JSON.stringify(GOOD);
  const both = await Promise.all([1, 2].map(() => portal.post("/rejected/submit?file=mine.json", { text })));
  assert.deepEqual(both.map(({ status }) => status).sort(), [303, 409]);
  assert.equal(readdirSync(portal.layout.queue).filter(name => name.startsWith("2")).length, 1);
});

test("setting aside moves file and reason into the archive, over nothing, and says who, when and why", async t => {
  const portal = await startPortal(t);
  const { layout } = portal;
  for (const round of ["first", "second", "third"]) {
    rejectedFile(layout, "mine.json", round);
    const sent = await portal.post("/rejected/set-aside", { file: "mine.json", why: `the ${round} <b>` });
    assert.equal(sent.location, "/rejected");
  }
  assert.match((await portal.get("/rejected")).text, /mine\.json is dismissed\. Nothing was deleted: see archive\/\./);
  const aside = asideOf(layout);
  assert.equal(namesOf(aside).length, 9);
  const texts = ["mine.json", "mine.2.json", "mine.3.json"].map(name => readFileSync(join(aside, name), "utf8"));
  assert.deepEqual(texts, ["first", "second", "third"]);
  const note = JSON.parse(readFileSync(join(aside, "mine.2.json.set-aside.json"), "utf8"));
  assert.deepEqual(
    [note.name, note.by, note.role, note.why],
    ["mine.json", "test-operator", "operator", "the second <b>"],
  );
  assert.equal(note.at, readAuditEvents(layout)[1]?.at);
  const [event] = readAuditEvents(layout);
  assert.deepEqual([event?.what, event?.about, event?.detail], ["dismiss", "mine.json", "the third <b>"]);
});

test("several are set aside at once; without a reason, or if one is gone, none is", async t => {
  const portal = await startPortal(t);
  const { layout } = portal;
  for (const name of ["a.json", "b.json", "c.json"]) rejectedFile(layout, name, "{");
  assert.equal((await portal.post("/rejected/set-aside", { file: ["a.json", "b.json"], why: " " })).status, 422);
  assert.equal((await portal.post("/rejected/set-aside", { why: "so" })).status, 422);
  assert.equal((await portal.post("/rejected/set-aside", { file: ["a.json", "gone.json"], why: "so" })).status, 404);
  assert.equal(namesOf(layout.rejected).length, 6);
  assert.equal((await portal.post("/rejected/set-aside", { file: ["a.json", "b.json"], why: "so" })).status, 303);
  assert.deepEqual(namesOf(layout.rejected), ["c.json", "c.json.reason.txt"]);
});

test("a name that another one's note would have is kept apart from it", async t => {
  const portal = await startPortal(t);
  for (const name of ["x.json.set-aside.json", "x.json"]) {
    rejectedFile(portal.layout, name, name);
    assert.equal((await portal.post("/rejected/set-aside", { file: name, why: "so" })).status, 303);
  }
  const aside = asideOf(portal.layout);
  assert.equal(readFileSync(join(aside, "x.json.set-aside.json"), "utf8"), "x.json.set-aside.json");
  assert.equal(readFileSync(join(aside, "x.2.json"), "utf8"), "x.json");
});
