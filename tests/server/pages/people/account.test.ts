import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import { startPortal } from "../../portal.ts";

test("a new token is told once, works for the API, and stands nowhere as it is", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  assert.match((await portal.get("/account")).text, /There is no token\./);
  const made = await portal.post("/account/tokens", { label: "nightly export" });
  assert.equal(made.status, 200);
  assert.match(made.text, /This is the token for “nightly export”\. It is shown only now, and kept nowhere/);
  const token = /dop_[\w-]{43}/.exec(made.body)?.[0] ?? "";
  assert.equal(made.body.split(token).length, 2);
  assert.equal((await portal.get("/api/jobs", { authorization: `Bearer ${token}`, cookie: "" })).status, 200);
  const page = await portal.get("/account");
  assert.match(page.text, /nightly export (now|\d+s ago) (now|\d+s ago) Revoke/);
  assert.ok(!page.body.includes("dop_"));
  const files = readdirSync(portal.layout.root, { recursive: true, withFileTypes: true }).filter(one => one.isFile());
  const holding = files.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(token.slice(4)));
  assert.deepEqual(holding, []);
  const [event] = readAuditEvents(portal.layout);
  assert.deepEqual([event?.what, event?.about, event?.detail], ["token", "nightly export", "made"]);
});

test("a token that is revoked is refused, and its end is recorded", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const token = portal.auth.tokens.make("test-viewer", "x");
  const [{ id } = { id: "" }] = portal.auth.tokens.list({ name: "test-viewer", role: "viewer" });
  const sent = await portal.post(`/account/tokens/${id}/revoke`, { back: "/account" });
  assert.deepEqual([sent.status, sent.location], [303, "/account"]);
  assert.match((await portal.get("/account")).text, /The token “x” is revoked\./);
  assert.equal((await portal.get("/api/jobs", { authorization: `Bearer ${token}`, cookie: "" })).status, 401);
  assert.equal(readAuditEvents(portal.layout)[0]?.detail, "revoked");
  assert.equal((await portal.post(`/account/tokens/${id}/revoke`)).status, 404);
});

test("everybody sees and ends their own tokens; an administrator those of all", async t => {
  const viewer = await startPortal(t, { role: "viewer" });
  viewer.auth.people.add("anna", "operator");
  const token = viewer.auth.tokens.make("anna", "anna's own");
  const [{ id } = { id: "" }] = viewer.auth.tokens.list({ name: "anna", role: "operator" });
  assert.doesNotMatch((await viewer.get("/account")).text, /anna's own/);
  assert.equal((await viewer.post(`/account/tokens/${id}/revoke`)).status, 404);
  assert.ok(viewer.auth.tokens.person(token));
  const cookie = viewer.cookieOf("administrator");
  assert.match((await viewer.get("/people", { cookie })).text, /anna's own anna .* Revoke End the token/);
  assert.doesNotMatch((await viewer.get("/account", { cookie })).text, /anna's own/);
  assert.equal(
    (await viewer.post(`/account/tokens/${id}/revoke`, { back: "/people" }, { cookie })).location,
    "/people",
  );
  assert.equal(readAuditEvents(viewer.layout)[0]?.detail, "revoked of anna");
  assert.equal(viewer.auth.tokens.person(token), undefined);
});

test("a token needs a label that tells it from others, and any label is only text", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const empty = await portal.post("/account/tokens", { label: "  \n" });
  assert.equal(empty.status, 422);
  assert.match(empty.text, /Say what it is for/);
  assert.match((await portal.post("/account/tokens", { label: "x".repeat(81) })).text, /80 characters at most\./);
  const evil = "<img src=x onerror=alert(1)>";
  const made = await portal.post("/account/tokens", { label: evil });
  assert.ok(made.text.includes(evil) && !made.body.includes(evil));
  assert.ok(!(await portal.get("/account")).body.includes(evil));
});

test("a password is changed with the one before; the other sessions end, and this one stays", async t => {
  const portal = await startPortal(t, { role: "viewer" });
  const first = await portal.post("/account/password", { password: "correct horse battery" });
  assert.equal(first.status, 303);
  const cookie = (first.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  assert.match((await portal.get("/account", { cookie })).text, /The password is set\..* Change your password/);
  assert.equal((await portal.get("/account")).status, 303);
  const wrong = await portal.post("/account/password", { current: "no", password: "another good one" }, { cookie });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /This is not your password\./);
  assert.doesNotMatch(wrong.body, /another good one/);
  const short = await portal.post(
    "/account/password",
    { current: "correct horse battery", password: "short" },
    { cookie },
  );
  assert.match(short.text, /at least 10 characters/);
  assert.deepEqual(
    readAuditEvents(portal.layout).map(({ what }) => what),
    ["password"],
  );
});

test("nobody makes a token from another site", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  for (const path of ["/account/tokens", "/people", "/people/test-administrator/link"]) {
    const sent = await portal.post(
      path,
      { label: "x", name: "eve", role: "viewer" },
      { "sec-fetch-site": "cross-site" },
    );
    assert.equal(sent.status, 403, path);
  }
  assert.equal(portal.auth.people.all().length, 1);
});
