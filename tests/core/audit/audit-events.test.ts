import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type AuditEvent, readAuditEvents, recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { linesBackwards } from "../../../core/audit/lines-backwards.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { temporaryLayout } from "./archive.ts";

function record(layout: Layout, at: string, given: Partial<AuditEvent> = {}): void {
  const { by = "ada", role, from, via = "portal", what = "start", ...rest } = given;
  recordAuditEvent({ layout, by, via, ...(role && { role }), ...(from && { from }) }, { at, what, ...rest });
}

test("an event is one line in the folder of its month, for the owner alone, chained to the one before", t => {
  const layout = temporaryLayout(t);
  record(layout, "2026-11-03T10:00:00.000Z", { role: "operator", from: "127.0.0.1", job: "x" });
  record(layout, "2026-12-01T00:00:00.000Z", { what: "log in" });
  const path = join(layout.archive, "2026-11", "audit-events.ndjson");
  assert.match(
    readFileSync(path, "utf8"),
    /^\{"at":"2026-11-03T10:00:00\.000Z","by":"ada","role":"operator","from":"127\.0\.0\.1","via":"portal","what":"start","job":"x","sequence":1,"hash":"[0-9a-f]{64}"\}\n$/,
  );
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(
    readAuditEvents(layout).map(({ what }) => what),
    ["log in", "start"],
  );
});

test("events are read the newest first, page by page over the months, whatever is recorded meanwhile", t => {
  const layout = temporaryLayout(t);
  const times = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2026, 9, 25 + Math.floor(i / 3))).toISOString());
  for (const [i, at] of times.entries()) record(layout, at, { detail: String(i) });
  const seen: (string | undefined)[] = [];
  for (let before: string | undefined; ; ) {
    const page = readAuditEvents(layout, { limit: 7, before });
    if (page.length === 0) break;
    seen.push(...page.map(({ detail }) => detail));
    before = page.at(-1)?.place;
    record(layout, "2026-12-24T00:00:00.000Z", { detail: "late" });
  }
  assert.deepEqual(seen, times.map((_, i) => String(i)).reverse());
});

test("events are found by time, person, what, and any part of their text", t => {
  const layout = temporaryLayout(t);
  record(layout, "2026-10-31T23:59:59.999Z", { detail: "old" });
  record(layout, "2026-11-01T00:00:00.000Z", { by: "grace", what: "role", about: "Björn" });
  record(layout, "2026-11-02T23:59:59.999Z", { what: "failed log in", from: "10.0.0.7" });
  record(layout, "2026-11-03T00:00:00.000Z", { detail: "new" });
  const at = (query: Parameters<typeof readAuditEvents>[1]) =>
    readAuditEvents(layout, query).map(found => found.at.slice(5, 10));
  assert.deepEqual(at({ from: "2026-11-01", to: "2026-11-02" }), ["11-02", "11-01"]);
  assert.deepEqual(at({ from: "2026-11-02T23:59:59.999Z" }), ["11-03", "11-02"]);
  assert.deepEqual(at({ to: "2026-10-31" }), ["10-31"]);
  assert.deepEqual(at({ by: "grace" }), ["11-01"]);
  assert.deepEqual(at({ what: "failed log in" }), ["11-02"]);
  assert.deepEqual(at({ text: "BJÖRN" }), ["11-01"]);
  assert.deepEqual(at({ text: "10.0.0" }), ["11-02"]);
  assert.deepEqual(at({ text: "nobody" }), []);
  assert.throws(() => at({ from: "yesterday" }), /"yesterday" is no date: write 2026-11-23/);
});

test("a torn line spoils neither the event before it nor the one after it", t => {
  const layout = temporaryLayout(t);
  for (const detail of ["first", "torn"]) record(layout, "2026-11-03T10:00:00.000Z", { detail });
  const path = join(layout.archive, "2026-11", "audit-events.ndjson");
  truncateSync(path, statSync(path).size - 9);
  record(layout, "2026-11-03T10:00:01.000Z", { detail: "last" });
  appendFileSync(path, `null\n{"at":"2026-11-03T10:00:02.000Z","by":"eve","what":"magic"}\n`);
  assert.deepEqual(
    readAuditEvents(layout).map(({ detail }) => detail),
    ["last", "first"],
  );
});

test("an event holds what a person typed on one line, cut where it is endless", t => {
  const layout = temporaryLayout(t);
  record(layout, "2026-11-03T10:00:00.000Z", { by: "a\nb", detail: "x".repeat(1_000_000) });
  assert.equal(readFileSync(join(layout.archive, "2026-11", "audit-events.ndjson"), "utf8").split("\n").length, 2);
  const [read] = readAuditEvents(layout);
  assert.equal(read?.by, "a\nb");
  assert.equal(read?.detail?.length, 1001);
});

test("what is no event is refused and writes nothing", t => {
  const layout = temporaryLayout(t);
  assert.throws(() => record(layout, "2026-11-03T10:00:00.000Z", { what: "magic" as "start" }));
  assert.throws(() => record(layout, "../../.."));
  assert.deepEqual(readAuditEvents(layout), []);
});

test("lines of any length and alphabet are read backwards as they stand in the file", t => {
  const layout = temporaryLayout(t);
  for (let i = 0; i < 3; i++) record(layout, "2026-11-03T10:00:00.000Z", { detail: "größer" });
  const path = join(layout.archive, "2026-11", "audit-events.ndjson");
  appendFileSync(path, `${"ü".repeat(200_000)}\n`);
  for (let i = 0; i < 2000; i++) record(layout, "2026-11-04T10:00:00.000Z", { detail: `é${i}` });
  assert.deepEqual(
    readAuditEvents(layout, { limit: 1999, text: "é" })
      .map(({ detail }) => detail)
      .at(-1),
    "é1",
  );
  assert.equal(readAuditEvents(layout, { text: "größer" }).length, 3);
  const backwards = [...linesBackwards(path)];
  assert.deepEqual(backwards.map(({ text }) => text).reverse(), readFileSync(path, "utf8").split("\n"));
  const bytes = readFileSync(path);
  for (const { text, start } of backwards)
    assert.equal(bytes.subarray(start, start + Buffer.byteLength(text)).toString(), text);
});
