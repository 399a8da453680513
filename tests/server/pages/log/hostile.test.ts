import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../../core/jobs/id.ts";
import { logFile } from "../../../../core/store/layout.ts";
import { archive } from "../../../core/audit/archive.ts";
import { endedJob, runningJob } from "../../log-files.ts";
import { startPortal } from "../../portal.ts";

const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</code></li></ol><form action=https://evil.example>",
  '<div hx-get="/logout" hx-trigger="load">',
  "\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07",
  "\x1b[31m<b onmouseover=alert(1)>\x1b[0m",
  "\u202egnp.exe",
];

test("lines of a log are text wherever they are shown: in the log, in a search, in what is followed", async t => {
  const portal = await startPortal(t);
  const id = runningJob(portal.layout);
  writeFileSync(logFile(portal.layout, id, 1), `${HOSTILE.join("\n")}\n`);
  const find = encodeURIComponent("<");
  for (const path of [`log`, `log?line=2`, `log?find=${find}`, "log/more?from=0", `log/more?from=0&find=${find}`]) {
    const { body } = await portal.get(`/jobs/${id}/${path}`);
    const lines = body.replace(/<mark>|<\/mark>/g, "");
    assert.match(lines, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/, path);
    assert.doesNotMatch(body, /<script>|<img|<form action=https|<div hx-get|<b onmouse|javascript:|\x1b|\u202e/, path);
  }
});

test("events with hostile names and messages are text too", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, "a\n");
  const event = { at: "<img src=x>", attempt: 1, event: "note", message: HOSTILE[0], table: HOSTILE[1] };
  writeFileSync(join(portal.layout.logs, `${id}.events.ndjson`), `${JSON.stringify(event)}\n`);
  const { body, status } = await portal.get(`/jobs/${id}/log?view=events`);
  assert.equal(status, 200);
  assert.doesNotMatch(body, /<script>|<img/);
});

test("what somebody looks for comes back as text", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, '"><script>alert(1)</script>\n');
  const { body } = await portal.get(`/jobs/${id}/log?find=${encodeURIComponent('"><script>alert(1)</script>')}`);
  assert.match(body, /value="&quot;&gt;&lt;script&gt;/);
  assert.doesNotMatch(body, /<script>alert/);
});

test("nothing but a job id gets to the file system, by any spelling of a path", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  writeFileSync(join(portal.layout.root, "secret.log"), "SECRET");
  writeFileSync(join(portal.layout.root, "secret.json"), "SECRET");
  const id = endedJob(portal.layout, "a line\n");
  const names = [
    "..%2fsecret",
    "..%2Fsecret",
    "%2e%2e%2fsecret",
    "..%5csecret",
    "secret%00",
    `${id}%00`,
    `${id}%2f..%2f..%2fsecret`,
  ];
  for (const name of [...names, `${id}.log`, `${id}%0a`, "%ff", `${id.toUpperCase()}`])
    for (const path of ["log", "log/more", "log/raw", "record", "proofs/raw"]) {
      const { status, body } = await portal.get(`/jobs/${name}/${path}`);
      assert.ok(status === 404 || status === 400, `${name}/${path}: ${status}`);
      assert.doesNotMatch(body, /SECRET/);
    }
});

test("a link in the place of a log or a record is not followed", async t => {
  const portal = await startPortal(t);
  const secret = join(portal.layout.root, "secret.txt");
  writeFileSync(secret, "SECRET\n");
  const record = archive(portal.layout);
  symlinkSync(secret, logFile(portal.layout, record.id, 1));
  symlinkSync(secret, join(portal.layout.logs, `${record.id}.events.ndjson`));
  for (const path of ["log", "log/more?from=0", "log/raw", "log?view=events", "log/raw?view=events"])
    assert.doesNotMatch((await portal.get(`/jobs/${record.id}/${path}`)).body, /SECRET/, path);
});

test("a viewer reads logs; nobody reads them without a session", async t => {
  const portal = await startPortal(t, { role: "nobody" });
  const id = endedJob(portal.layout, "a line\n");
  for (const path of ["log", "log/more?from=0", "log/raw", "record", "proofs/raw"]) {
    const refused = await portal.get(`/jobs/${id}/${path}`);
    assert.equal(refused.status, 303, path);
    assert.match(refused.location ?? "", /^\/login/);
    const cookie = portal.cookieOf("viewer");
    assert.equal((await portal.get(`/jobs/${id}/${path}`, { cookie })).status, 200, path);
  }
  const script = await portal.get(`/jobs/${id}/log/more?from=0`, { "hx-request": "true" });
  assert.equal(script.status, 204);
});

test("an id that no job has is told, and a nearer one is named", async t => {
  const portal = await startPortal(t);
  const id = newId("ingest-hive");
  for (const path of ["log", "record", "proofs/raw"]) {
    const { status, text } = await portal.get(`/jobs/${id}/${path}`);
    assert.equal(status, 404);
    assert.match(text, new RegExp(`There is no job ${id}\\.`));
  }
});
