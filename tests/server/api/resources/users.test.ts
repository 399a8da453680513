import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import type { Role } from "../../../../core/people/roles.ts";
import { startApi } from "../../api.ts";

async function start(t: TestContext, role: Role) {
  const api = await startApi(t, { role });
  const headers = { cookie: api.cookieOf(role), "sec-fetch-site": "same-origin" };
  return { ...api, inBrowser: (method: string, path: string, body?: unknown) => api.call(method, path, body, headers) };
}

test("an administrator's browser adds a user, changes the role, gives a link; each leaves an audit event", async t => {
  const { inBrowser, call, layout, auth } = await start(t, "administrator");
  const added = await inBrowser("POST", "/api/users", { name: "anna" });
  assert.deepEqual([added.status, added.body.role], [201, "viewer"]);
  assert.equal((await inBrowser("POST", "/api/users", { name: "anna" })).status, 422);
  assert.equal((await inBrowser("PUT", "/api/users/anna/role", { role: "operator" })).body.role, "operator");
  const { body } = await inBrowser("POST", "/api/users/anna/link");
  assert.equal(auth.tokens.takeLink(new URL(body.link).searchParams.get("link") ?? ""), "anna");
  auth.sessions.start("anna");
  const { users } = (await call("GET", "/api/users")).body;
  assert.ok(users.find(({ name }: { name: string }) => name === "anna").seen);
  assert.equal((await call("POST", "/api/users/anna/disable")).body.disabled, true);
  assert.equal((await inBrowser("POST", "/api/users/anna/link")).status, 409);
  assert.equal((await inBrowser("POST", "/api/users/anna/enable")).body.disabled, false);
  const events = readAuditEvents(layout, { text: "anna" }).map(({ what, detail, via }) => [what, detail, via]);
  assert.deepEqual(events, [
    ["person", "enabled", "api"],
    ["person", "disabled", "api"],
    ["token", "a link to log in", "api"],
    ["role", "viewer to operator", "api"],
    ["person", "added as viewer", "api"],
  ]);
});

test("a token gives nobody access, and only administrators see users", async t => {
  const { call, auth, tokenOf } = await start(t, "administrator");
  auth.people.add("anna", "viewer");
  for (const [method, path, body] of [
    ["POST", "/api/users", { name: "eve", role: "administrator" }],
    ["PUT", "/api/users/anna/role", { role: "administrator" }],
    ["POST", "/api/users/anna/enable", undefined],
    ["POST", "/api/users/anna/link", undefined],
    ["POST", "/api/tokens", { label: "more" }],
  ] as const)
    assert.equal((await call(method, path, body)).status, 403, path);
  assert.deepEqual([auth.people.get("eve"), auth.people.get("anna")?.role], [undefined, "viewer"]);
  const own = { authorization: `Bearer ${tokenOf("operator")}` };
  for (const path of ["/api/users/anna/disable", "/api/users"])
    assert.equal((await call(path.endsWith("users") ? "GET" : "POST", path, undefined, own)).status, 403);
});

test("the last administrator stays, and a name that is not there is a 404", async t => {
  const { inBrowser, auth } = await start(t, "administrator");
  auth.people.setDisabled("api-administrator", true);
  const path = "/api/users/test-administrator";
  assert.equal((await inBrowser("POST", `${path}/disable`)).status, 409);
  assert.equal((await inBrowser("PUT", `${path}/role`, { role: "viewer" })).status, 409);
  assert.equal((await inBrowser("PUT", "/api/users/nobody/role", { role: "viewer" })).status, 404);
});

test("tokens are made in a browser, listed without their text, and revoked; those of others only by administrators", async t => {
  const { inBrowser, call, auth, layout } = await start(t, "operator");
  const made = await inBrowser("POST", "/api/tokens", { label: "nightly" });
  assert.equal(made.status, 201);
  assert.equal((await inBrowser("POST", "/api/tokens", { label: " " })).status, 422);
  assert.ok(auth.tokens.person(made.body.token));
  auth.people.add("ben", "viewer");
  auth.tokens.make("ben", "theirs");
  const own = (await inBrowser("GET", "/api/tokens")).body.tokens;
  assert.deepEqual(
    own.map(({ label }: { label: string }) => label),
    ["nightly"],
  );
  const [theirs] = auth.tokens.list({ name: "ben", role: "viewer" });
  assert.equal((await call("DELETE", `/api/tokens/${theirs?.id}`)).status, 404);
  assert.equal((await inBrowser("DELETE", `/api/tokens/${own[0].id}`)).body.revoked.label, "nightly");
  assert.equal(auth.tokens.person(made.body.token), undefined);
  const events = readAuditEvents(layout, { what: "token" }).map(({ about, detail }) => [about, detail]);
  assert.deepEqual(events, [
    ["nightly", "revoked"],
    ["nightly", "made"],
  ]);
});
