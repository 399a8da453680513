import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readAuditEvents } from "../../../../core/audit/audit-events.ts";
import type { Role } from "../../../../core/people/roles.ts";
import { startApi } from "../../api.ts";

async function start(t: TestContext, role: Role) {
  const folder = mkdtempSync(join(tmpdir(), "portal-scripts-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, ...(await startApi(t, { role, environment: { SCRIPTS_DIR: folder } })) };
}

test("an administrator uploads a script, which replaces none, with an audit event", async t => {
  const { call, folder, layout } = await start(t, "administrator");
  assert.deepEqual((await call("GET", "/api/scripts/folders")).body.folders, [folder]);
  const { status, body } = await call("POST", "/api/scripts", { name: "a.py", text: "print(1)\n" });
  assert.deepEqual([status, readFileSync(body.path, "utf8")], [201, "print(1)\n"]);
  assert.equal((await call("POST", "/api/scripts", { name: "a.py", text: "print(2)\n" })).status, 409);
  for (const [name, text] of [
    ["../a.py", "1"],
    ["a.sh", "1"],
    ["b.py", ""],
  ])
    assert.equal((await call("POST", "/api/scripts", { name, text })).status, 422, name);
  assert.equal((await call("POST", "/api/scripts", { name: "b.py", text: "1", folder: "/etc" })).status, 422);
  const [event] = readAuditEvents(layout, { what: "upload" });
  assert.deepEqual([event?.about, event?.via], [body.path, "api"]);
});

test("an operator uploads no script where scripts run as the worker", async t => {
  const { call } = await start(t, "operator");
  assert.equal((await call("POST", "/api/scripts", { name: "a.py", text: "print(1)\n" })).status, 403);
});
