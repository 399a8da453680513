import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Layout } from "../../../../core/store/layout.ts";
import { rejectedFile } from "../../log-files.ts";
import { startPortal } from "../../portal.ts";

const GOOD = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } };
const month = () => new Date().toISOString().slice(0, 7);
const asideOf = (layout: Layout) => join(layout.archive, month(), "set-aside");
const namesOf = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);
const field = (name: string) => encodeURIComponent(name);

test("names may hold anything: they are shown as text, found again, and set aside", async t => {
  const portal = await startPortal(t);
  const names = [
    "<img src=x onerror=alert(1)> \"quoted\" & 'so'.json",
    "two\nlines\r\n.json",
    "Übung 資料 🙂.json",
    "etc..%2f..%2fx.json",
    "&amp;#x22;+?#%.json",
    `${"ü".repeat(108)}.json`,
    "-rf.json",
  ];
  for (const name of names)
    rejectedFile(portal.layout, name, `{"of":"${names.indexOf(name)}"}`, "<script>alert(1)</script>");
  const list = await portal.get("/rejected");
  assert.doesNotMatch(list.body, /<img|<script>alert/);
  for (const name of names) {
    const one = await portal.get(`/rejected?file=${field(name)}`);
    assert.equal(one.status, 200, name);
    assert.match(one.text, new RegExp(`\\{"of":"${names.indexOf(name)}"\\}`));
    assert.doesNotMatch(one.body, /<img|<script>alert/);
    assert.ok(list.body.includes(`/rejected?file=${field(name).replaceAll("'", "&#39;")}"`), name);
    const value = /<input type="hidden" name="file" value="([^"]*)"/.exec(one.body)?.[1];
    const sent = await portal.post("/rejected/set-aside", { file: value?.replaceAll("&#39;", "'") ?? "", why: "so" });
    assert.equal(sent.status, 303, name);
  }
  assert.deepEqual(namesOf(portal.layout.rejected), []);
  assert.equal(namesOf(asideOf(portal.layout)).length, 3 * names.length);
});

test("what is no text, no file or too large is told, and can still be set aside", async t => {
  const portal = await startPortal(t);
  const { rejected, root } = portal.layout;
  writeFileSync(join(root, "secret.json"), "SECRET");
  writeFileSync(join(rejected, "binary.json"), Buffer.from([0xff, 0xfe, 0x00]));
  writeFileSync(join(rejected, "large.json"), "x".repeat(300_000));
  mkdirSync(join(rejected, "folder.json"));
  symlinkSync(join(root, "secret.json"), join(rejected, "link.json"));
  symlinkSync(join(root, "secret.json"), join(rejected, "binary.json.reason.txt"));
  const expected = {
    binary: "not UTF-8",
    large: "too large",
    folder: "It is a folder",
    link: "links are not followed",
  };
  for (const [name, words] of Object.entries(expected)) {
    const page = await portal.get(`/rejected?file=${name}.json`);
    assert.match(page.text, new RegExp(words));
    assert.doesNotMatch(page.body, /SECRET|<textarea/);
    const raw = await portal.get(`/rejected/raw?file=${name}.json`);
    assert.equal(raw.status, name === "binary" || name === "large" ? 200 : 404, name);
    assert.equal((await portal.post("/rejected/set-aside", { file: `${name}.json`, why: "so" })).status, 303, name);
  }
  assert.deepEqual(namesOf(rejected), []);
  assert.equal(readFileSync(join(root, "secret.json"), "utf8"), "SECRET");
});

test("no name leads out of the folder", async t => {
  const portal = await startPortal(t);
  writeFileSync(join(portal.layout.queue, "waits.json"), '{"SECRET":1}');
  rejectedFile(portal.layout, "mine.json", "{");
  const names = [
    "../waits.json",
    "..%2fwaits.json",
    "/etc/passwd",
    "mine.json/../../waits.json",
    "mine.json%00",
    ".",
    "",
    "mine.json.reason.txt",
  ];
  for (const name of names)
    for (const path of [
      `/rejected?file=${name}`,
      `/rejected?file=${field(name)}`,
      `/rejected/raw?file=${field(name)}`,
    ]) {
      const { status, body } = await portal.get(path);
      assert.equal(status, 404, path);
      assert.doesNotMatch(body, /SECRET/);
    }
  for (const name of [...names, field("../waits.json"), "%", "%zz"]) {
    assert.ok((await portal.post("/rejected/set-aside", { file: name, why: "so" })).status >= 404);
    assert.equal(
      (await portal.post(`/rejected/submit?file=${field(name)}`, { text: JSON.stringify(GOOD) })).status,
      409,
    );
  }
  assert.deepEqual(namesOf(asideOf(portal.layout)), []);
});

test("a viewer looks and may not act; nobody looks without a session; another site's form is refused", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  rejectedFile(portal.layout, "mine.json", '{"type":"x"}');
  const page = await portal.get("/rejected?file=mine.json");
  assert.match(page.text, /\{"type":"x"\}/);
  assert.doesNotMatch(page.body, /<textarea|set-aside|Submit it/);
  assert.doesNotMatch((await portal.get("/rejected")).body, /set-aside|type="checkbox" name=/);
  const text = JSON.stringify(GOOD);
  assert.equal((await portal.post("/rejected/submit?file=mine.json", { text })).status, 403);
  assert.equal((await portal.post("/rejected/set-aside", { file: "mine.json", why: "so" })).status, 403);
  const cookie = portal.cookieOf("operator");
  const elsewhere = { cookie, "sec-fetch-site": "cross-site" };
  assert.equal((await portal.post("/rejected/set-aside", { file: "mine.json", why: "so" }, elsewhere)).status, 403);
  for (const path of ["/rejected", "/rejected/raw?file=mine.json"])
    assert.equal((await portal.get(path, { cookie: "" })).status, 303);
  assert.deepEqual(namesOf(portal.layout.rejected), ["mine.json", "mine.json.reason.txt"]);
});
