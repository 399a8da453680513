import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { knownHosts } from "../../../server/http/known-hosts.ts";
import { startPortal } from "../portal.ts";

function ask(url: string, host: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: { ...headers, host } }, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject).end();
  });
}

test("a page of another site that gives its name this machine's address reaches nothing", async t => {
  const portal = await startPortal(t);
  const cookie = portal.cookieOf("operator");
  for (const path of ["/", "/login", "/healthz", "/api/jobs", "/assets/app.css", "/welcome?link=x"])
    for (const host of ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "localhost.evil.example"])
      assert.equal(await ask(portal.url, host, path, { cookie }), 421, `${host} ${path}`);
  assert.equal(await ask(portal.url, "localhost:8080", "/jobs", { cookie }), 200);
});

test("the portal is known by its origin, its host, other configured names and loopback addresses", () => {
  const settings = {
    PORTAL_HOST: "10.1.2.3",
    PORTAL_ORIGIN: "https://portal.example.com",
    PORTAL_ALLOWED_HOSTS: "portal.internal, other:8443,2001:db8::7",
  };
  const isKnown = knownHosts(settings);
  const known = ["portal.example.com", "PORTAL.example.com:443", "10.1.2.3:3000", "portal.internal:99", "other:8443"];
  for (const host of [...known, "[2001:db8::7]:3000", "127.0.0.1:3000", "localhost", "[::1]:3000"])
    assert.equal(isKnown(host), true, host);
  const foreign = ["portal.example.com:8443", "portal.example.com.evil", "other:80", "other", "10.1.2.4", "0.0.0.0"];
  for (const host of [...foreign, undefined, "", "a b", "user@localhost", "localhost:x", "localhost/evil", "[::2]"])
    assert.equal(isKnown(host), false, host);
});

test("a portal on every interface is known by any address that is written as digits, and by no name", () => {
  for (const PORTAL_HOST of ["0.0.0.0", "::"]) {
    const isKnown = knownHosts({ PORTAL_HOST, PORTAL_ORIGIN: undefined, PORTAL_ALLOWED_HOSTS: undefined });
    assert.deepEqual(["192.0.2.5:3000", "[2001:db8::1]", "myserver:3000"].map(isKnown), [true, true, false]);
  }
});
