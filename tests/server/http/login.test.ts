import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../core/audit/audit-events.ts";
import { startPortal, type TestPortal } from "../portal.ts";

const PASSWORD = "correct horse battery";

async function withAnna(
  t: Parameters<typeof startPortal>[0],
  options: Parameters<typeof startPortal>[1] = {},
): Promise<TestPortal> {
  const portal = await startPortal(t, { role: "nobody", ...options });
  portal.auth.people.add("anna", "operator");
  await portal.auth.people.setPassword("anna", PASSWORD);
  return portal;
}

function cookieIn(headers: Headers): string {
  return (headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

test("name and password let a person in, and a logout lets the session end on the server", async t => {
  const portal = await withAnna(t);
  const login = await portal.post("/login?next=/jobs", { name: "anna", password: PASSWORD });
  assert.deepEqual([login.status, login.location], [303, "/jobs"]);
  assert.match(login.headers.get("set-cookie") ?? "", /; HttpOnly; SameSite=Lax|HttpOnly.*SameSite=Lax/i);
  const cookie = cookieIn(login.headers);
  assert.match((await portal.get("/jobs", { cookie })).text, /anna · operator/);
  const logout = await portal.post("/logout", {}, { cookie });
  assert.equal(logout.location, "/login");
  assert.equal((await portal.get("/jobs", { cookie })).status, 303);
  assert.deepEqual(
    readAuditEvents(portal.layout, {}).map(({ what, by }) => [what, by]),
    [
      ["log out", "anna"],
      ["log in", "anna"],
    ],
  );
});

test("a wrong name and a wrong password are told in the same words, and what was typed is not written down", async t => {
  const portal = await withAnna(t);
  const wrong = await portal.post("/login", { name: "anna", password: "not the password" });
  const unknown = await portal.post("/login", { name: "hunter2-typed-as-a-name", password: PASSWORD });
  assert.deepEqual([wrong.status, unknown.status], [401, 401]);
  const words = /Name or password is wrong\./;
  assert.match(wrong.text, words);
  assert.match(unknown.text, words);
  const events = readAuditEvents(portal.layout, { what: "failed log in" });
  assert.deepEqual(events.map(({ by }) => by).toSorted(), ["anna", "unknown"]);
  assert.doesNotMatch(JSON.stringify(events), /hunter2/);
});

test("a link logs in once; the second time it says where the next one comes from", async t => {
  const portal = await withAnna(t);
  const path = `/welcome?link=${portal.auth.tokens.link("anna")}`;
  const first = await portal.get(path);
  assert.deepEqual([first.status, first.location], [303, "/"]);
  assert.match((await portal.get("/", { cookie: cookieIn(first.headers) })).text, /anna · operator/);
  const second = await portal.get(path);
  assert.equal(second.status, 401);
  assert.match(second.text, /used already.*npm run people/);
  assert.equal((await portal.get(path, { cookie: cookieIn(first.headers) })).location, "/");
});

test("who is disabled is out at once, and does not come back by password, link or token", async t => {
  const portal = await withAnna(t);
  const login = await portal.post("/login", { name: "anna", password: PASSWORD });
  const cookie = cookieIn(login.headers);
  const token = portal.auth.tokens.make("anna", "script");
  assert.equal((await portal.get("/api/me", { authorization: `Bearer ${token}` })).status, 200);
  portal.auth.people.setDisabled("anna", true);
  assert.equal((await portal.get("/jobs", { cookie })).status, 303);
  assert.equal((await portal.post("/login", { name: "anna", password: PASSWORD })).status, 401);
  assert.equal((await portal.get(`/welcome?link=${portal.auth.tokens.link("anna")}`)).status, 401);
  assert.equal((await portal.get("/api/me", { authorization: `Bearer ${token}` })).status, 401);
});

test("behind TLS the cookie is for that host and for TLS alone", async t => {
  const portal = await withAnna(t, { environment: { PORTAL_ORIGIN: "https://portal.example.com" } });
  const { headers } = await portal.post("/login", { name: "anna", password: PASSWORD });
  const cookie = headers.get("set-cookie") ?? "";
  assert.match(cookie, /^__Host-portal=/);
  assert.match(cookie, /; Secure/);
  assert.match(headers.get("strict-transport-security") ?? "", /max-age/);
});

test("with AUTH=proxy the header is believed from the proxy, and from nobody else", async t => {
  const trusted = await startPortal(t, { role: "nobody", environment: { AUTH: "proxy", AUTH_ROLE: "viewer" } });
  assert.match((await trusted.get("/jobs", { "x-forwarded-user": "carla" })).text, /carla · viewer/);
  assert.equal((await trusted.get("/jobs")).status, 303);
  assert.equal((await trusted.get("/jobs", { "x-forwarded-user": "<script>" })).status, 303);
  const other = await startPortal(t, { role: "nobody", environment: { AUTH: "proxy", AUTH_PROXY: "10.1.2.3" } });
  assert.equal((await other.get("/jobs", { "x-forwarded-user": "carla" })).status, 303);
  assert.match((await other.get("/login")).text, /is not that proxy/);
});

test("no password, session, token or link stands in people.db", async t => {
  const portal = await withAnna(t);
  const login = await portal.post("/login", { name: "anna", password: PASSWORD });
  const secrets = [
    PASSWORD,
    cookieIn(login.headers).split("=")[1] ?? "",
    portal.auth.tokens.make("anna", "script"),
    portal.auth.tokens.link("anna"),
  ];
  const files = readdirSync(portal.layout.root).filter(name => name.startsWith("people.db"));
  const bytes = files.map(name => readFileSync(join(portal.layout.root, name), "latin1")).join("");
  for (const secret of secrets) assert.ok(secret.length > 8 && !bytes.includes(secret));
  assert.equal(statSync(join(portal.layout.root, "people.db")).mode & 0o077, 0);
});
