import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import type { Role } from "../../../../core/people/roles.ts";
import { type Scripts, withScripts } from "../../../server/scripts-folder.ts";

test("a viewer reads scripts, and can neither run nor bring one", async t => {
  const portal = await withScripts(t, "viewer");
  portal.write("a.py", "print(1)\n");
  const { text, body } = await portal.get("/scripts");
  assert.match(text, /a\.py ○ Pending/);
  assert.doesNotMatch(body.split("<dialog")[0] ?? "", /type="checkbox"|type="file"|Run selected/);
  assert.doesNotMatch((await portal.get(`/scripts/view?path=${portal.path("a.py")}`)).text, /Run it/);
  assert.equal((await portal.post("/scripts/run", { script: portal.path("a.py") })).status, 403);
  assert.equal((await send(portal, "viewer", "b.py", "print(1)")).status, 403);
});

/** Sends a file as a browser's form does. */
async function send(portal: Scripts, role: Role, name: string, content: string | Uint8Array) {
  const form = new FormData();
  form.set("place", portal.folder);
  form.set("file", new File([content as string], name));
  const headers = { cookie: portal.cookieOf(role), "sec-fetch-site": "same-origin" };
  const answer = await fetch(`${portal.url}/scripts/upload`, {
    method: "POST",
    body: form,
    headers,
    redirect: "manual",
  });
  return { status: answer.status, location: answer.headers.get("location"), text: await answer.text() };
}

test("what scripts may do is everything the worker may: an operator runs them, and brings none", async t => {
  const portal = await withScripts(t);
  assert.equal((await send(portal, "operator", "a.py", "print(open('people.db'))\n")).status, 403);
  assert.deepEqual(readdirSync(portal.folder), []);
  assert.doesNotMatch((await portal.get("/scripts")).body, /type="file"/);
  const cookie = portal.cookieOf("administrator");
  assert.match((await portal.get("/scripts", { cookie })).body, /type="file"/);
  assert.equal((await send(portal, "administrator", "a.py", "print(1)\n")).status, 303);
  const route = portal.routes.find(({ path }) => path === "/scripts/upload");
  assert.equal(route?.role, "administrator");
});

test("where scripts have a user of their own, an operator brings one by the page, and replaces none", async t => {
  const portal = await withScripts(t, "operator", { SCRIPTS_USER: "scripts" });
  const text = "# größe\r\nprint(\"\\u00e4\", '--boundary--')\r\n\r\n";
  const { status, location } = await send(portal, "operator", 'größe "1" &.py', text);
  assert.deepEqual([status, location], [303, "/scripts"]);
  assert.equal(readFileSync(portal.path('größe "1" &.py'), "utf8"), text);
  assert.deepEqual(
    readAuditEvents(portal.layout).map(({ what, about }) => ({ what, about })),
    [{ what: "upload", about: portal.path('größe "1" &.py') }],
  );
  const again = await send(portal, "operator", 'größe "1" &.py', "print(2)\n");
  assert.equal(again.status, 409);
  assert.match(again.text, /already: nothing was changed/);
  assert.equal(readFileSync(portal.path('größe "1" &.py'), "utf8"), text);
});

test("what is no script is not taken", async t => {
  const portal = await withScripts(t, "operator", { SCRIPTS_USER: "scripts" });
  const refused: [name: string, content: string | Uint8Array, status: number, why: RegExp][] = [
    ["a.sh", "x", 422, /is no name for a script/],
    [".a.py", "x", 422, /is no name for a script/],
    ["empty.py", "", 422, /is empty/],
    ["latin.py", new Uint8Array([0x67, 0x72, 0xfc]), 422, /not UTF-8/],
    ["large.py", "#".repeat(1024 * 1024 + 1), 413, /larger than 1 MiB/],
    ["huge.py", "#".repeat(3 * 1024 * 1024), 413, /./],
  ];
  for (const [name, content, status, why] of refused) {
    const answer = await send(portal, "operator", name, content);
    assert.equal(answer.status, status, name);
    assert.match(answer.text, why);
  }
  // A path in a file's name leads nowhere.
  assert.equal((await send(portal, "operator", "../outside.py", "print(1)\n")).status, 422);
  const plain = await portal.post("/scripts/upload", { file: "x" });
  assert.match(plain.text, /No file was sent/);
});
