import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { apiRoutes } from "../../../server/api/routes.ts";
import { startApi } from "../api.ts";

// Who watches from outside asks these without a token: /healthz and /readyz.
const guarded = apiRoutes.filter(({ role }) => role !== "anyone");
const JOB = JSON.stringify({ type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } });
const JSON_TYPE = { "content-type": "application/json" };

test("without token and session every address of the API is refused, and says how to send a token", async t => {
  const { url } = await startApi(t);
  assert.deepEqual(
    apiRoutes.filter(({ role }) => role === "anyone").map(({ path }) => path),
    ["/healthz", "/readyz"],
  );
  for (const { method, path } of guarded) {
    const response = await fetch(url + path.replace(/:\w+/g, "x"), {
      method: method.toUpperCase(),
      redirect: "manual",
    });
    // What a browser sends without saying where from is refused before anybody asks who sent it.
    assert.equal(response.status, method === "get" ? 401 : 403, path);
    assert.ok(((await response.json()) as { error: { message: string } }).error.message);
    if (method === "get") assert.equal(response.headers.get("www-authenticate"), "Bearer");
  }
});

test("a viewer may look at everything but rows and users, and change only what is their own", async t => {
  const { call } = await startApi(t, { role: "viewer" });
  const names = (wanted: (route: (typeof apiRoutes)[number]) => boolean) =>
    guarded.filter(wanted).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(
    names(({ method, role }) => method === "get" && role !== "viewer"),
    ["get /api/jobs/:id/differences", "get /api/tables/:catalog/:namespace/:table/rows/:key", "get /api/users"],
  );
  assert.deepEqual(
    names(({ method, role }) => method !== "get" && role === "viewer"),
    ["delete /api/sessions", "delete /api/sessions/:id", "post /api/tokens", "delete /api/tokens/:id"],
  );
  for (const { method, path, role } of guarded) {
    const { status } = await call(
      method.toUpperCase(),
      path.replace(/:\w+/g, "x"),
      method === "get" ? undefined : path === "/api/tokens" ? { label: "x" } : "{}",
    );
    // Nobody makes a token with a token.
    const isRefused = role !== "viewer" || (method === "post" && path === "/api/tokens");
    assert.equal([401, 403].includes(status), isRefused, `${method} ${path}: ${status}`);
  }
});

test("a wrong token is refused, also where a session's cookie is there, also on a page", async t => {
  const { url, cookieOf } = await startApi(t);
  const cookie = cookieOf("administrator");
  for (const authorization of ["Bearer nonsense", "bearer nonsense", "Bearer ", "Bearer a b"]) {
    for (const path of ["/api/me", "/jobs", "/healthz"]) {
      const response = await fetch(url + path, { headers: { cookie, authorization }, redirect: "manual" });
      assert.equal(response.status, 401, `${authorization} ${path}`);
    }
  }
  const known = await fetch(`${url}/api/me`, { headers: { cookie } });
  assert.deepEqual(await known.json(), { name: "test-administrator", role: "administrator" });
});

test("a token that was taken back, or whose person was disabled, opens nothing", async t => {
  const { url, tokenOf, auth } = await startApi(t);
  const status = async (token: string) =>
    (await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${token}` } })).status;
  const [revoked, disabled] = [tokenOf("viewer"), tokenOf("administrator")];
  assert.deepEqual([await status(revoked), await status(disabled)], [200, 200]);
  const viewer = { name: "api-viewer", role: "viewer" } as const;
  for (const { id } of auth.tokens.list(viewer)) auth.tokens.revoke(id, viewer);
  auth.people.setDisabled("api-administrator", true);
  assert.deepEqual([await status(revoked), await status(disabled)], [401, 401]);
});

test("an action by cookie must come from the portal's own page; with a token it need not", async t => {
  const { url, cookieOf, tokenOf, layout } = await startApi(t);
  const start = async (headers: Record<string, string>) =>
    (await fetch(`${url}/api/jobs`, { method: "POST", body: JOB, headers: { ...JSON_TYPE, ...headers } })).status;
  const jobs = () => readdirSync(layout.queue).filter(name => name.endsWith(".json")).length;
  const cookie = cookieOf("operator");
  assert.equal(await start({ cookie }), 403);
  assert.equal(await start({ cookie, "sec-fetch-site": "cross-site" }), 403);
  assert.equal(await start({ cookie, origin: "http://elsewhere.example" }), 403);
  assert.equal(jobs(), 0);
  assert.equal(await start({ cookie, "sec-fetch-site": "same-origin" }), 201);
  assert.equal(await start({ authorization: `Bearer ${tokenOf("operator")}`, "sec-fetch-site": "cross-site" }), 201);
  assert.equal(jobs(), 2);
});

test("an address that is none is refused in the same shape", async t => {
  const { call } = await startApi(t);
  const { status, body } = await call("GET", "/api/jbos");
  assert.deepEqual(
    [status, body.error],
    [404, { message: "There is nothing at /api/jbos.", hint: "/api/openapi.json tells everything there is." }],
  );
});
