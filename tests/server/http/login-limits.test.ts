import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { addressKey, loginLimits } from "../../../server/http/login-limits.ts";
import { startPortal, type TestPortal } from "../portal.ts";

const PASSWORD = "correct horse battery";

async function withAnna(
  t: Parameters<typeof startPortal>[0],
  environment: Record<string, string> = {},
): Promise<TestPortal> {
  const portal = await startPortal(t, { role: "nobody", environment });
  for (const name of ["anna", "ben"]) {
    portal.auth.people.add(name, "operator");
    await portal.auth.people.setPassword(name, PASSWORD);
  }
  return portal;
}

async function logIn({ post }: TestPortal, name: string, password: string, from?: string): Promise<number> {
  return (await post("/login", { name, password }, from ? { "x-forwarded-for": from } : {})).status;
}

test("guesses at one account from one address end, and nobody else is locked out", async t => {
  const portal = await withAnna(t);
  for (let i = 0; i < 20; i++) assert.equal(await logIn(portal, "anna", `guess ${i}`), 401);
  const refused = await portal.post("/login", { name: "anna", password: PASSWORD });
  assert.equal(refused.status, 429);
  assert.match(refused.text, /Too many attempts to log in\. Wait a quarter of an hour\./);
  assert.equal(refused.headers.get("retry-after"), "900");
  assert.equal(await logIn(portal, "ben", PASSWORD), 303);
});

test("attempts side by side are counted before their passwords are checked", async t => {
  const portal = await withAnna(t);
  const statuses = await Promise.all(Array.from({ length: 60 }, (_, i) => logIn(portal, "anna", `guess ${i}`)));
  assert.equal(statuses.filter(status => status === 401).length, 20);
  assert.equal(statuses.filter(status => status === 429).length, 40);
});

test("an address that is only claimed counts as nothing, unless a configured proxy tells it", async t => {
  const open = await withAnna(t);
  for (let i = 0; i < 20; i++) await logIn(open, "anna", "guess", `10.0.0.${i}`);
  assert.equal(await logIn(open, "anna", PASSWORD, "10.0.0.99"), 429);
  const behind = await withAnna(t, { PORTAL_PROXY: "10.9.9.9, 127.0.0.1" });
  for (let i = 0; i < 20; i++) assert.equal(await logIn(behind, "anna", "guess", "203.0.113.7"), 401);
  assert.equal(await logIn(behind, "anna", PASSWORD, "203.0.113.7"), 429);
  assert.equal(await logIn(behind, "anna", PASSWORD, "203.0.113.8"), 303);
  // What a client wrote stands before what the proxy added: only the last one is the proxy's word.
  assert.equal(await logIn(behind, "anna", PASSWORD, "203.0.113.8, 203.0.113.7"), 429);
});

test("a list of proxies that is none is refused at the start", async t => {
  for (const PORTAL_PROXY of ["proxy.example.com", "10.0.0.0/33", "10.0.0.1,", "*"])
    await assert.rejects(startPortal(t, { environment: { PORTAL_PROXY } }), /PORTAL_PROXY: expected addresses/);
});

test("the password of a session that was left open can't be guessed on the account page either", async t => {
  const portal = await withAnna(t);
  const login = await portal.post("/login", { name: "anna", password: PASSWORD });
  const cookie = (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const change = (current: string) =>
    portal.post("/account/password", { current, password: "another good one" }, { cookie });
  for (let i = 0; i < 20; i++) assert.equal((await change(`guess ${i}`)).status, 422);
  assert.equal((await change(PASSWORD)).status, 429);
  assert.ok(await portal.auth.people.check("anna", PASSWORD));
});

test("a spray over many accounts from one address ends, but not for who was there before", () => {
  const limits = loginLimits();
  limits.attempt("anna", "10.0.0.1")();
  for (let i = 0; i < 100; i++) limits.attempt(`name-${i}`, "10.0.0.1");
  assert.throws(() => limits.attempt("ben", "10.0.0.1"), { status: 429 });
  limits.attempt("anna", "10.0.0.1")();
  limits.attempt("ben", "10.0.0.2")();
});

test("guesses at one account from many addresses end, but not for its person's own address", () => {
  const limits = loginLimits();
  limits.attempt("anna", "192.0.2.1")();
  for (let i = 0; i < 100; i++) limits.attempt("anna", `10.0.0.${i}`);
  assert.throws(() => limits.attempt("anna", "10.0.1.1"), { status: 429 });
  limits.attempt("anna", "192.0.2.1")();
});

test("a limit is over after a quarter of an hour", () => {
  let now = 0;
  const limits = loginLimits(() => now);
  for (let i = 0; i < 20; i++) limits.attempt("anna", "10.0.0.1");
  assert.throws(() => limits.attempt("anna", "10.0.0.1"), { status: 429 });
  now += 15 * 60_000;
  limits.attempt("anna", "10.0.0.1")();
});

test("one client is one address, in whatever form it is written", () => {
  const same = (...forms: string[]) => assert.equal(new Set(forms.map(addressKey)).size, 1, forms.join(" "));
  same("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7:4711", "::FFFF:203.0.113.7");
  same("2001:db8:0:1::1", "2001:DB8:0:1:ffff:1:2:3", "[2001:db8:0:1::2]:443", "2001:0db8:0000:0001::9");
  same("fe80::1", "fe80::1%eth0", "fe80:0:0:0:1::");
  assert.notEqual(addressKey("2001:db8:0:1::1"), addressKey("2001:db8:0:2::1"));
  assert.notEqual(addressKey("::1"), addressKey("2001:db8::1"));
});

test("looking at a login link with HEAD, or ahead of time, does not use it up", async t => {
  const portal = await withAnna(t);
  const path = `/welcome?link=${portal.auth.tokens.link("anna")}`;
  const { hostname, port } = new URL(portal.url);
  const status = await new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method: "HEAD" }, response => resolve(response.statusCode));
    asked.on("error", reject).end();
  });
  assert.equal(status, 200);
  for (const headers of [{ "sec-purpose": "prefetch;prerender" }, { purpose: "prefetch" }, { "x-moz": "prefetch" }])
    assert.equal((await portal.get(path, headers)).status, 503);
  const options = await fetch(portal.url + path, { method: "OPTIONS" });
  assert.equal(options.headers.get("set-cookie"), null);
  assert.equal((await portal.get(path)).status, 303);
});

test("a notice waits for the page that a person sees", async t => {
  const portal = await startPortal(t);
  const cookie = portal.cookieOf("operator");
  const secret = cookie.split("=")[1] ?? "";
  portal.auth.sessions.leaveNotice(secret, "It is done.");
  await fetch(`${portal.url}/jobs`, { method: "HEAD", headers: { cookie } });
  assert.match((await portal.get("/jobs", { cookie })).text, /It is done\./);
});
