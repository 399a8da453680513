import assert from "node:assert/strict";
import { test } from "node:test";
import { startPortal, type TestPortal } from "../portal.ts";

const PASSWORD = "correct horse battery";

// A session, a token and a link of anna, and what each still opens.
async function accessOf(portal: TestPortal): Promise<() => Promise<(number | undefined)[]>> {
  const { sessions, tokens } = portal.auth;
  const session = sessions.start("anna");
  const token = tokens.make("anna", "script");
  const link = tokens.link("anna");
  const cookie = `portal-${portal.portal.settings.PORTAL_PORT}=${session}`;
  return async () => [
    (await portal.get("/api/me", { cookie })).status,
    (await portal.get("/api/me", { cookie: "", authorization: `Bearer ${token}` })).status,
    (await portal.get(`/welcome?link=${link}`, { cookie: "" })).status,
  ];
}

const OPEN = [200, 200, 303];
const ENDED = [401, 401, 401];

async function withAnna(t: Parameters<typeof startPortal>[0]): Promise<TestPortal> {
  const portal = await startPortal(t, { role: "administrator" });
  portal.auth.people.add("anna", "operator");
  await portal.auth.people.setPassword("anna", PASSWORD);
  return portal;
}

test("a lower role ends sessions, tokens and links to log in; a higher one does not", async t => {
  const portal = await withAnna(t);
  const raised = await accessOf(portal);
  await portal.post("/people/anna/role", { role: "administrator" });
  assert.deepEqual(await raised(), OPEN);
  for (const role of ["operator", "viewer"]) {
    const lowered = await accessOf(portal);
    await portal.post("/people/anna/role", { role });
    assert.deepEqual(await lowered(), ENDED, role);
  }
});

test("a person who was disabled has no access left when enabled again", async t => {
  const portal = await withAnna(t);
  const left = await accessOf(portal);
  await portal.post("/people/anna/disable");
  await portal.post("/people/anna/enable");
  assert.deepEqual(await left(), ENDED);
});

test("a new password ends what the old one opened, but for the browser that set it", async t => {
  const portal = await withAnna(t);
  const other = await accessOf(portal);
  const login = await portal.post("/login", { name: "anna", password: PASSWORD }, { cookie: "" });
  const cookie = (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const form = { current: PASSWORD, password: "another good one" };
  const changed = await portal.post("/account/password", form, { cookie });
  assert.equal(changed.status, 303);
  assert.deepEqual(await other(), ENDED);
  const own = (changed.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  assert.match((await portal.get("/account", { cookie: own })).text, /your tokens and links to log in have ended/);
  const byCommand = await accessOf(portal);
  await portal.auth.people.setPassword("anna", PASSWORD);
  assert.deepEqual(await byCommand(), ENDED);
});

test("an administrator's token makes neither tokens nor people, in any spelling of its header", async t => {
  const portal = await startPortal(t, { role: "nobody" });
  portal.auth.people.add("root", "administrator");
  const token = portal.auth.tokens.make("root", "x");
  const attempts: [string, Record<string, string>][] = [
    ["/people", { name: "eve", role: "administrator" }],
    ["/people/root/link", {}],
    ["/people/root/role", { role: "viewer" }],
    ["/account/tokens", { label: "more" }],
    ["/account/password", { password: "another good one" }],
  ];
  for (const scheme of ["Bearer ", "bearer ", "BEARER ", "bEaReR    ", "Bearer\t", "bearer"])
    for (const [path, form] of attempts) {
      const { status } = await portal.post(path, form, { authorization: `${scheme}${token}` });
      assert.ok(status === 401 || status === 403, `${JSON.stringify(scheme)} ${path}: ${status}`);
    }
  // A browser session beside the token changes nothing: the token decides.
  const both = { authorization: `bearer ${token}`, cookie: portal.cookieOf("administrator") };
  assert.equal((await portal.post("/people", { name: "eve", role: "administrator" }, both)).status, 403);
  assert.equal((await portal.get("/people", { authorization: `bearer ${token}` })).status, 403);
  assert.deepEqual(
    portal.auth.people.all().map(({ name }) => name),
    ["root", "test-administrator"],
  );
  assert.equal(portal.auth.tokens.list({ name: "root", role: "administrator" }).length, 1);
});
