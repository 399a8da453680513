import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../core/audit/audit-events.ts";
import { newId } from "../../../core/jobs/id.ts";
import { listQueued } from "../../../core/store/jobs-on-disk.ts";
import { startPortal } from "../portal.ts";

const JOB = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } };

test("every answer forbids what is inline, foreign, framed, guessed or kept", async t => {
  const { get } = await startPortal(t);
  for (const path of ["/", "/login", "/nothing", "/api/jobs", "/healthz"]) {
    const { headers } = await get(path);
    assert.equal(
      headers.get("content-security-policy"),
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
      path,
    );
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-powered-by"), null);
  }
});

test("no page holds an inline style, an inline script or a handler", async t => {
  const { get } = await startPortal(t, { role: "administrator" });
  for (const path of ["/", "/jobs", "/ingest", "/audit", "/doctor", "/people", "/account", "/patterns", "/rejected"]) {
    const { body } = await get(path);
    assert.doesNotMatch(body, / style="|<style|<script(?![^>]* src=)| on[a-z]+="|javascript:|hx-on/, path);
  }
});

test("what another site makes a browser send is refused, and nothing is done", async t => {
  const portal = await startPortal(t);
  const id = newId("ingest-hive");
  writeFileSync(join(portal.layout.queue, `${id}.json`), JSON.stringify({ ...JOB, id }));
  const foreign: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "", origin: "https://evil.example" },
    { "sec-fetch-site": "" },
    { "sec-fetch-site": "", origin: "null" },
  ];
  for (const headers of foreign) {
    const kept = Object.fromEntries(Object.entries(headers).filter(([, value]) => value));
    const response = await fetch(`${portal.url}/jobs/${id}/cancel`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: portal.cookieOf("operator"), ...kept },
    });
    assert.equal(response.status, 403, JSON.stringify(headers));
    assert.match(await response.text(), /another site/);
  }
  assert.equal(readAuditEvents(portal.layout, { what: "cancel" }).length, 0);
  const same = await fetch(`${portal.url}/jobs/${id}/cancel`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: portal.cookieOf("operator"), origin: portal.url },
  });
  assert.equal(same.status, 303);
});

test("a body that is too large is refused with a sentence", async t => {
  const portal = await startPortal(t);
  const { status, text } = await portal.post("/ingest/choose", { database: "x".repeat(2_000_000) });
  assert.equal(status, 413);
  assert.match(text, /too large/);
});

test("no path leads out of the folders that are served", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  writeFileSync(join(portal.layout.root, "secret.json"), "must not be seen");
  const tricks = [
    "..%2fsecret.json",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2fsecret",
    "%00",
    "a%00.json",
    "%2fetc%2fpasswd",
    "..%5csecret",
  ];
  const files = [
    "/jobs/X",
    "/jobs/X/log",
    "/jobs/X/log/raw",
    "/jobs/X/log/more",
    "/jobs/X/record",
    "/jobs/X/proofs",
    "/jobs/X/proofs/raw",
    "/rejected/raw?name=X",
    "/plans/X",
    "/assets/X",
    "/schema/X.json",
    "/api/jobs/X",
    "/api/jobs/X/log",
    "/api/jobs/X/events",
    "/api/jobs/X/proofs",
  ];
  for (const file of files)
    for (const trick of tricks) {
      const { status, body } = await portal.get(file.replace("X", trick));
      assert.ok(status >= 400 && status < 500, `${file} with ${trick} answers ${status}`);
      assert.doesNotMatch(body, /must not be seen|root:x:/);
    }
});

test("no header is made by what somebody wrote into an address", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  for (const path of [
    "/login?next=%0d%0aSet-Cookie:a=b",
    "/jobs/x%0d%0aSet-Cookie:a=b",
    "/rejected/raw?name=x%0d%0aSet-Cookie:a=b",
    "/audit.csv?text=x%0d%0aSet-Cookie:a=b",
  ]) {
    const { headers } = await portal.get(path);
    assert.equal(headers.get("set-cookie"), null, path);
  }
});

test("after a login one goes on inside the portal, whatever the address says", async t => {
  const portal = await startPortal(t, { role: "operator" });
  for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
    assert.equal((await portal.get(`/login?next=${encodeURIComponent(next)}`)).location, "/");
  assert.equal((await portal.get("/login?next=%2Fjobs%3Fstate%3Dfailed")).location, "/jobs?state=failed");
});

test("a request for another host is answered with no address of that host", async t => {
  const portal = await startPortal(t, { role: "nobody" });
  const { hostname, port } = new URL(portal.url);
  const answer = await new Promise<{ headers: object; body: string }>((resolve, reject) => {
    const asked = request({ hostname, port, path: "/jobs", headers: { host: "evil.example" } }, response => {
      let body = "";
      response.on("data", chunk => {
        body += chunk;
      });
      response.on("end", () => resolve({ headers: response.headers, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
  assert.doesNotMatch(JSON.stringify(answer), /evil/);
});

test("no secret of the settings is on any page, and the portal has none", async t => {
  const secrets = {
    AZURE_ACCOUNT: "acct",
    AZURE_KEY: "azure-key-5ecret",
    SNOWFLAKE_PASSWORD: "snow-5ecret",
    AUDIT_KEY: "audit-5ecret",
    SNOWFLAKE_ACCOUNT: "org-acct",
  };
  const portal = await startPortal(t, { role: "administrator", environment: secrets });
  const shown: string[] = [];
  for (const { method, path } of portal.routes)
    if (method === "get")
      shown.push((await portal.get(path.replace(":type.json", "ingest-hive.json").replace(/:\w+/g, "x"))).body);
  assert.doesNotMatch(shown.join("\n"), /5ecret/);
  const main = readFileSync("/proc/self/environ", "latin1");
  assert.doesNotMatch(main, /5ecret/);
});

test("a word of JavaScript's own in an address is no value of any field, and a referer that is none breaks nothing", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  const fields = [
    "when",
    "state",
    "type",
    "sort",
    "order",
    "view",
    "status",
    "level",
    "month",
    "what",
    "by",
    "catalog",
  ];
  for (const { method, path } of portal.routes)
    for (const word of ["__proto__", "constructor", "toString"]) {
      if (method !== "get") continue;
      const query = fields.map(field => `${field}=${word}`).join("&");
      const { status } = await portal.get(`${path.replace(/:\w+/g, word)}?${query}`);
      assert.notEqual(status, 500, `${path} with ${word}`);
    }
  for (const [referer, to] of [
    ["http://[", "/jobs"],
    ["//evil.example/x", "/x"],
    ["http://portal//evil.example", "/"],
    ["javascript:alert(1)", "/"],
  ] as const)
    assert.equal((await portal.post("/jobs/bulk", { action: "retry" }, { referer })).location, to, referer);
});

test("what fails inside the portal gives a reference, and neither stack nor path", async t => {
  const portal = await startPortal(t);
  portal.portal.index.jobs = () => {
    throw new Error(`at ${portal.layout.root}/archive`);
  };
  const { status, body } = await portal.get("/jobs");
  assert.equal(status, 500);
  assert.match(body, /Something went wrong/);
  assert.doesNotMatch(body, new RegExp(portal.layout.root));
  assert.equal(listQueued(portal.layout).length, 0);
});

test("a place in a list that is none is told so", async t => {
  const { get } = await startPortal(t);
  for (const path of [
    "/jobs?before=nonsense",
    "/audit?before=nonsense",
    "/audit?from=yesterday",
    "/jobs?when=forever",
    "/jobs?state=odd",
    "/ingest?page=-4&sort=odd",
  ]) {
    const { status } = await get(path);
    assert.ok(status === 200 || status === 422 || status === 400, `${path} answers ${status}`);
  }
});

test("a heartbeat that somebody forged breaks no page, and no page that breaks sends a stack", async t => {
  const portal = await startPortal(t);
  const at = new Date().toISOString();
  const own = { pid: process.pid, host: hostname(), at };
  for (const odd of [
    { ...own, services: { spark: null }, running: 5, since: [] },
    { ...own, services: [], running: [null], notYet: {}, freeMb: "x" },
    { ...own, at: "never", since: "<img src=x onerror=alert(1)>" },
    { pid: "1", services: { "<img src=x onerror=alert(1)>": { ok: false, error: {} } } },
    null,
  ]) {
    writeFileSync(portal.layout.heartbeat, JSON.stringify(odd));
    for (const path of ["/", "/jobs", "/doctor", "/readyz", "/metrics", "/audit"]) {
      const { status, body } = await portal.get(path);
      assert.notEqual(status, 500, `${path} ${JSON.stringify(odd)}`);
      assert.doesNotMatch(body, /<img src=x/);
    }
  }
  portal.auth.sessions.takeNotice = () => {
    throw new Error(`at ${portal.layout.root}/people.db`);
  };
  const { status, body } = await portal.get("/jobs");
  assert.equal(status, 500);
  assert.match(body, /Something went wrong in the portal.*The portal&#39;s log has the reason/);
  assert.doesNotMatch(body, /node_modules|\.ts:|people\.db/);
});
