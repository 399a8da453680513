import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import { startPortal } from "../../portal.ts";

const FILE = `{
  "receivers": { "ops": { "kind": "webhook", "url": "NOTIFY_OPS_URL", "body": "slack" } },
  "rules": [{ "events": ["job failed"], "tables": ["sales.*"], "to": ["ops"] }]
}
`;

test("an administrator writes the rules as text, and sends a receiver a test that waits for the worker", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  assert.match((await portal.get("/notifications")).text, /There is no receiver\./);
  const saved = await portal.post("/notifications", { text: FILE.replaceAll("\n", "\r\n") });
  assert.equal(saved.status, 303);
  assert.equal(readFileSync(join(portal.layout.root, "notifications.json"), "utf8"), FILE);
  assert.match(
    (await portal.get("/notifications")).text,
    /ops webhook, for slack NOTIFY_OPS_URL no Test .* job failed all sales\.\* all ops/,
  );
  assert.equal((await portal.post("/notifications/ops/test")).location, "/notifications");
  assert.match(
    (await portal.get("/notifications")).text,
    /Waiting ops Test message of the portal, by test-administrator 0/,
  );
  assert.equal((await portal.post("/notifications/nobody/test")).status, 404);
  assert.deepEqual(
    readAuditEvents(portal.layout).map(({ what, about, detail }) => [what, about, detail]),
    [
      ["notification", "ops", "test"],
      ["notification", "rules", "1 rule, 1 receiver"],
    ],
  );
});

test("rules that are wrong stay as they were typed, with what is wrong, and nothing is saved", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  const typed = FILE.replace("NOTIFY_OPS_URL", "https://hooks.example.com/x");
  const wrong = await portal.post("/notifications", { text: typed });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /nothing was saved\. .* begins with NOTIFY_/);
  assert.match(wrong.body, /https:\/\/hooks\.example\.com\/x/);
  assert.doesNotMatch((await portal.get("/notifications")).body, /hooks\.example\.com/);
});

test("the API reads and writes the same, and tells what became of the messages", async t => {
  const portal = await startPortal(t, { role: "nobody" });
  portal.auth.people.add("root", "administrator");
  const authorization = `Bearer ${portal.auth.tokens.make("root", "script")}`;
  const ask = async (method: string, path: string, body?: string) => {
    const headers = { authorization, ...(body && { "content-type": "application/json" }) };
    const answer = await fetch(portal.url + path, { method, headers, ...(body && { body }) });
    return { status: answer.status, body: await answer.json() };
  };
  assert.deepEqual((await ask("GET", "/api/notifications")).body, { receivers: {}, rules: [] });
  const written = await ask("PUT", "/api/notifications", FILE);
  assert.deepEqual([written.status, written.body.receivers.ops.url], [200, "NOTIFY_OPS_URL"]);
  const unknown = await ask(
    "PUT",
    "/api/notifications",
    JSON.stringify({ rules: [{ events: ["job failed"], to: ["x"] }] }),
  );
  assert.deepEqual([unknown.status, unknown.body.error.problems.length], [422, 1]);
  const { status, body } = await ask("POST", "/api/notifications/ops/test");
  assert.equal(status, 202);
  const { messages } = (await ask("GET", "/api/notifications/messages")).body;
  assert.deepEqual([messages[0].id, messages[0].state, messages[0].attempts], [body.id, "waiting", 0]);
});
