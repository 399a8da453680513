import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { archiveAll, ended, settled } from "../audited.ts";
import { startPortal } from "../portal.ts";

const LONG = "x".repeat(200_000);

test("whoever goes away in the middle of a file is no error", async t => {
  const portal = await startPortal(t);
  const jobs = Array.from({ length: 60 }, () => ended("ingest-hive", "2026-03-02", { note: LONG }));
  archiveAll(portal.layout, jobs);
  await settled(portal);
  const errors = t.mock.method(console, "error", () => undefined);
  const cookie = portal.cookieOf("viewer");
  const leave = new AbortController();
  const response = await fetch(`${portal.url}/audit.csv?from=&to=`, { headers: { cookie }, signal: leave.signal });
  const reader = response.body!.getReader();
  assert.match(new TextDecoder().decode((await reader.read()).value), /^job_id,/);
  leave.abort();
  await reader.read().catch(() => undefined);
  await sleep(300);
  assert.deepEqual(
    errors.mock.calls.map(({ arguments: [first] }) => String(first)),
    [],
  );
  assert.equal((await portal.get("/audit")).status, 200);
});
