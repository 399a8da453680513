import assert from "node:assert/strict";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import { deviceName } from "../../../../views/pages/people/sessions.ts";
import { startPortal, type TestPortal } from "../../portal.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

async function logIn(portal: TestPortal, agent: string): Promise<string> {
  const form = { name: "anna", password: "correct horse battery" };
  const { headers } = await portal.post("/login", form, { "user-agent": agent });
  return (headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function withAnna(t: Parameters<typeof startPortal>[0]): Promise<TestPortal> {
  const portal = await startPortal(t, { role: "nobody" });
  portal.auth.people.add("anna", "viewer");
  await portal.auth.people.setPassword("anna", "correct horse battery");
  return portal;
}

test("the account lists every session by its device, and ends one", async t => {
  const portal = await withAnna(t);
  const [desk, phone] = [await logIn(portal, FIREFOX), await logIn(portal, PHONE)];
  const page = await portal.get("/account", { cookie: desk });
  assert.match(page.text, /Where you are logged in 2/);
  assert.match(page.text, /Firefox on Linux this one 127\.0\.0\.1 now now/);
  assert.match(page.text, /Safari on iOS 127\.0\.0\.1 now now End/);
  const [address = "", ...more] = page.body.match(/\/account\/sessions\/[0-9a-f]{16}\/end/g) ?? [];
  assert.deepEqual(more, []);
  assert.equal((await portal.post(address, {}, { cookie: desk })).location, "/account");
  assert.equal((await portal.get("/account", { cookie: phone })).status, 303);
  assert.match((await portal.get("/account", { cookie: desk })).text, /The session has ended\..*logged in 1/);
  assert.equal((await portal.post(address, {}, { cookie: desk })).status, 404);
  const [event] = readAuditEvents(portal.layout, { what: "session" });
  assert.deepEqual([event?.by, event?.via, event?.detail], ["anna", "portal", "ended"]);
});

test("all others end at once, by the page and by the API, and the one that asks stays", async t => {
  const portal = await withAnna(t);
  const [desk, phone, third] = [
    await logIn(portal, FIREFOX),
    await logIn(portal, PHONE),
    await logIn(portal, "curl/8"),
  ];
  await portal.post("/account/sessions/end-others", {}, { cookie: desk });
  const after = [];
  for (const cookie of [desk, phone, third]) after.push((await portal.get("/account", { cookie })).status);
  assert.deepEqual(after, [200, 303, 303]);
  const authorization = `Bearer ${portal.auth.tokens.make("anna", "script")}`;
  const ask = async (method: string, path: string) => {
    const answer = await fetch(portal.url + path, { method, headers: { authorization } });
    return { status: answer.status, body: await answer.json() };
  };
  const listed = await ask("GET", "/api/sessions");
  assert.deepEqual(
    listed.body.sessions.map(({ agent, current }: { agent: string; current: boolean }) => [agent, current]),
    [[FIREFOX, false]],
  );
  assert.deepEqual(await ask("DELETE", "/api/sessions"), { status: 200, body: { ended: 1 } });
  assert.equal((await portal.get("/account", { cookie: desk })).status, 303);
  assert.equal((await ask("DELETE", "/api/sessions/0123456789abcdef")).status, 404);
});

test("nobody sees or ends the session of another person", async t => {
  const portal = await withAnna(t);
  const desk = await logIn(portal, FIREFOX);
  const [{ id } = { id: "" }] = portal.auth.sessions.list("anna");
  const cookie = portal.cookieOf("administrator");
  assert.doesNotMatch((await portal.get("/account", { cookie })).body, new RegExp(id));
  assert.equal((await portal.post(`/account/sessions/${id}/end`, {}, { cookie })).status, 404);
  assert.equal((await portal.get("/account", { cookie: desk })).status, 200);
});

test("a device is named by its browser and system, and an unknown one by its first word", () => {
  const edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0";
  const names = [edge, FIREFOX, PHONE, "curl/8.14.1", "", undefined].map(deviceName);
  const unnamed = "A program that does not name itself";
  assert.deepEqual(names, ["Edge on Windows", "Firefox on Linux", "Safari on iOS", "curl", unnamed, unnamed]);
});
