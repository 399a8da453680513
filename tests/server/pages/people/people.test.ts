import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import type { Layout } from "../../../../core/store/layout.ts";
import { startPortal } from "../../portal.ts";

const events = (layout: Layout) =>
  readAuditEvents(layout).map(({ by, what, about, detail }) => [by, what, about, detail].join(" | "));

test("an administrator lets somebody in, changes what they may do, keeps them out and lets them in again", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  const added = await portal.post("/people", { name: "anna", role: "viewer" });
  assert.deepEqual([added.status, added.location], [303, "/people"]);
  assert.match((await portal.get("/people")).text, /anna may come in as viewer\. Give them a link to log in\./);
  await portal.post("/people/anna/role", { role: "operator" });
  assert.match(
    (await portal.get("/people")).text,
    /anna is operator now\..* anna operator .* ✓ Active none .*not lately/,
  );
  const session = portal.auth.sessions.start("anna");
  const token = portal.auth.tokens.make("anna", "x");
  await portal.post("/people/anna/disable");
  assert.match((await portal.get("/people")).text, /anna can't come in any more.* ⊘ Disabled/);
  assert.deepEqual([portal.auth.sessions.person(session), portal.auth.tokens.person(token)], [undefined, undefined]);
  await portal.post("/people/anna/enable");
  assert.equal(portal.auth.people.get("anna")?.disabled, false);
  assert.deepEqual(events(portal.layout), [
    "test-administrator | person | anna | enabled",
    "test-administrator | person | anna | disabled",
    "test-administrator | role | anna | viewer to operator",
    "test-administrator | person | anna | added as viewer",
  ]);
});

test("the last administrator stays one, and nobody locks themselves out", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  const own = "/people/test-administrator";
  for (const [path, form] of [
    [`${own}/disable`, {}],
    [`${own}/role`, { role: "viewer" }],
  ] as const) {
    const { status, text } = await portal.post(path, form);
    assert.equal(status, 409);
    assert.match(text, /test-administrator is the last administrator\. Make somebody else administrator first\./);
  }
  portal.auth.people.add("ben", "administrator");
  const { status, text } = await portal.post(`${own}/disable`);
  assert.equal(status, 409);
  assert.match(text, /That would lock yourself out\. Another administrator can do it, if it is meant\./);
  assert.equal((await portal.post("/people/ben/role", { role: "viewer" })).status, 303);
  // Somebody who is disabled is no administrator that could help.
  portal.auth.people.setRole("ben", "administrator");
  portal.auth.people.setDisabled("ben", true);
  assert.equal((await portal.post(`${own}/disable`)).status, 409);
  assert.equal(portal.auth.people.administrators(), 1);
});

test("a link is told once, in its own answer, and logs in once", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  portal.auth.people.add("anna", "viewer");
  const { status, body, text, headers } = await portal.post("/people/anna/link");
  assert.equal(status, 200);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.match(text, /It logs anna in, once, within 12 hours\. It is shown only now/);
  const link = /http:\/\/[^<\s]+\/welcome\?link=[\w-]+/.exec(body)?.[0] ?? "";
  assert.ok(link.startsWith(`${portal.url}/welcome?link=`));
  const secret = new URL(link).searchParams.get("link") ?? "";
  assert.deepEqual(holding(portal.layout, secret), []);
  assert.ok(!(await portal.get("/people")).body.includes(secret));
  const came = await fetch(link, { redirect: "manual" });
  assert.match(came.headers.get("set-cookie") ?? "", /portal-/);
  const again = await fetch(link, { redirect: "manual" });
  assert.equal(again.headers.get("set-cookie"), null);
  portal.auth.people.setDisabled("anna", true);
  assert.match((await portal.post("/people/anna/link")).text, /anna is disabled\. Enable them first\./);
});

test("names that are none, that are taken or that nobody has are told, and do no harm", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  for (const name of [
    "",
    "<script>alert(1)</script>",
    "../x",
    "a b",
    "x".repeat(65),
    "anna\n",
    "'; drop table people",
  ]) {
    const { status, text, body } = await portal.post("/people", { name, role: "viewer" });
    if (name.trim() === "anna") continue;
    assert.equal(status, 422, name);
    assert.match(text, /A name has letters, digits and \. _ @ -/);
    assert.doesNotMatch(body, /<script>alert/);
  }
  assert.equal(portal.auth.people.all().length, 2);
  assert.match((await portal.post("/people", { name: "anna", role: "viewer" })).text, /anna is there already\./);
  assert.match(
    (await portal.post("/people", { name: "eve", role: "owner" })).text,
    /There is no such role\. Choose viewer/,
  );
  for (const name of ["nobody", "%3Cscript%3E", "..%2f..%2fetc", "a%00b"])
    for (const action of ["role", "disable", "enable", "link"])
      assert.equal(
        (await portal.post(`/people/${name}/${action}`, { role: "viewer" })).status,
        404,
        `${name} ${action}`,
      );
  const longest = `${"x".repeat(50)}.y@example.org`;
  assert.equal((await portal.post("/people", { name: longest, role: "viewer" })).status, 303);
  assert.ok((await portal.get("/people")).text.includes(longest));
});

test("only administrators see people, by hand and not by a token", async t => {
  for (const role of ["viewer", "operator"] as const) {
    const portal = await startPortal(t, { role });
    assert.equal((await portal.get("/people")).status, 403);
    assert.equal((await portal.post("/people", { name: "eve", role: "administrator" })).status, 403);
    assert.equal((await portal.post("/people/eve/link")).status, 403);
    assert.doesNotMatch((await portal.get("/audit")).text, /People/);
  }
  const portal = await startPortal(t, { role: "nobody" });
  portal.auth.people.add("root", "administrator");
  const authorization = `Bearer ${portal.auth.tokens.make("root", "x")}`;
  for (const path of ["/people", "/people/root/link", "/account/tokens", "/account/password"]) {
    const { status, text } = await portal.post(path, { name: "eve", role: "viewer" }, { authorization });
    assert.equal(status, 403, path);
    assert.match(text, /This is not done with a token\./);
  }
  assert.equal(portal.auth.people.all().length, 1);
});

test("behind a proxy that says who somebody is, there are no links and no passwords", async t => {
  const environment = { AUTH: "proxy", AUTH_ROLE: "administrator" };
  const portal = await startPortal(t, { role: "nobody", environment });
  const headers = { "x-forwarded-user": "root" };
  const { text } = await portal.get("/people", headers);
  assert.match(text, /A proxy in front of this portal says who somebody is\./);
  assert.doesNotMatch(text, /Password|Link/);
  assert.equal((await portal.post("/people/root/link", {}, headers)).status, 409);
});

// Every file of the data folder in which a secret stands as it is.
function holding({ root }: Layout, secret: string): string[] {
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const paths = names.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter(path => readFileSync(path).includes(secret));
}
