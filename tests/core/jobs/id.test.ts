import assert from "node:assert/strict";
import { test } from "node:test";
import { followUpId, isId, newId } from "../../../core/jobs/id.ts";
import { sessionId, sessionIds } from "../../../core/jobs/session-id.ts";

test("a new id tells its time and type and is well-formed", () => {
  const id = newId("ingest-hive", new Date("2026-11-23T09:45:12.123Z"));
  assert.match(id, /^20261123T094512123Z-ingest-hive-[0-9a-hjkmnp-tv-z]{6}$/);
  assert.ok(isId(id));
});

test("ids sort by time", () => {
  const [early, late] = ["2026-01-02", "2026-01-10"].map(day => newId("light", new Date(day)));
  assert.ok(early! < late!);
});

test("a follow-up's id is its parent's plus -1, and so on down the chain", () => {
  const id = newId("light");
  assert.equal(followUpId(id), `${id}-1`);
  assert.ok(isId(followUpId(followUpId(id))));
});

for (const text of [
  "",
  "..",
  "../../etc/passwd",
  "20261123T094512123Z-light-k3f9q2.json",
  "x",
  "20261123T094512123Z-light-K3F9Q2",
]) {
  test(`${JSON.stringify(text)} is no id`, () => assert.ok(!isId(text)));
}

test("a claim's sessions look like UUIDs, differ by slot, turn and job, and are always the same for the same", () => {
  const id = newId("light");
  const all = [...sessionIds(id, 1), ...sessionIds(id, 2), ...sessionIds(newId("light"), 1)];
  assert.equal(new Set(all).size, 51);
  for (const session of all)
    assert.match(session, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(sessionId(id, 2, 16), sessionIds(id, 2)[16]);
});
