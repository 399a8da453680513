import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { userInfo } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { readAuditEvents } from "../../core/audit/audit-events.ts";
import { people } from "../../core/people/people.ts";
import { openPeopleDb } from "../../core/people/store.ts";
import { tokens } from "../../core/people/tokens.ts";
import { PROJECT } from "../../core/settings.ts";
import type { Layout } from "../../core/store/layout.ts";
import { temporaryLayout } from "../core/audit/archive.ts";
import { command } from "./run.ts";

test("somebody is let in with a role, and gets a link that works once", async t => {
  const layout = temporaryLayout(t);
  const { code, out } = await command("people.ts", layout, ["add", "ada", "operator"]);
  assert.equal(code, 0);
  assert.match(out, /^ada may come in as operator\.\n/);
  const link = /http:\/\/127\.0\.0\.1:3000\/welcome\?link=(\S+)/.exec(out)?.[1] ?? "";
  const db = opened(t, layout);
  assert.deepEqual([tokens(db).takeLink(link), tokens(db).takeLink(link)], ["ada", undefined]);
  assert.equal(people(db).get("ada")?.role, "operator");
  const events = readAuditEvents(layout).toReversed();
  const by = userInfo().username;
  assert.deepEqual(
    events.map(event => [event.by, event.via, event.what, event.about, event.detail]),
    [
      [by, "command", "person", "ada", "added as operator"],
      [by, "command", "token", "ada", "a link to log in"],
    ],
  );
  assert.ok(!JSON.stringify(events).includes(link));
});

test("roles are changed, people disabled and enabled, and the list shows it", async t => {
  const layout = temporaryLayout(t);
  const run = async (...words: string[]) => (await command("people.ts", layout, words)).code;
  assert.equal(await run("add", "ada", "administrator"), 0);
  assert.equal(await run("add", "grace", "viewer"), 0);
  assert.equal(await run("role", "grace", "operator"), 0);
  assert.equal(await run("disable", "grace"), 0);
  const { out } = await command("people.ts", layout, ["list"]);
  assert.match(out, /^ada +administrator +no password yet +since/m);
  assert.match(out, /^grace +operator +disabled +since/m);
  assert.equal((await command("people.ts", layout, ["link", "grace"])).code, 1);
  assert.equal(await run("enable", "grace"), 0);
  assert.equal(people(opened(t, layout)).get("grace")?.disabled, false);
  const details = readAuditEvents(layout).map(event => event.detail);
  for (const part of ["viewer to operator", "disabled", "enabled"]) assert.ok(details.includes(part), part);
});

test("the last administrator can't be disabled or made less", async t => {
  const layout = temporaryLayout(t);
  await command("people.ts", layout, ["add", "ada", "administrator"]);
  for (const words of [
    ["disable", "ada"],
    ["role", "ada", "viewer"],
  ]) {
    const { code, err } = await command("people.ts", layout, words);
    assert.deepEqual([code, err], [1, "ada is the last administrator: make somebody else one first.\n"]);
  }
  assert.deepEqual(people(opened(t, layout)).get("ada")?.role, "administrator");
});

test("a password comes from standard input, and stands nowhere", async t => {
  const layout = temporaryLayout(t);
  await command("people.ts", layout, ["add", "ada", "viewer"]);
  const short = await setPassword(layout, "ada", "short\n");
  assert.deepEqual(
    [short.code, short.err],
    [2, "Choose a password of at least 10 characters; a few words are best.\n"],
  );
  const set = await setPassword(layout, "ada", "four plain words here\n");
  assert.deepEqual([set.code, set.err], [0, ""]);
  const known = people(opened(t, layout));
  assert.deepEqual(await known.check("ada", "four plain words here"), { name: "ada", role: "viewer" });
  assert.ok(!`${set.out}${JSON.stringify(readAuditEvents(layout))}`.includes("plain words"));
});

test("a word, role or name that is not known is refused with the nearest one", async t => {
  const layout = temporaryLayout(t);
  await command("people.ts", layout, ["add", "ada", "viewer"]);
  const wrong: [string[], RegExp][] = [
    [["lsit"], /did you mean "list"\?/],
    [["add", "grace", "operater"], /did you mean operator\?/],
    [["role", "adda", "viewer"], /There is nobody called adda\. Did you mean ada\?/],
    [["add", "ada", "viewer"], /ada is there already/],
    [["add", "../x", "viewer"], /A name has letters/],
    [["add", "grace"], /usage: npm run people -- add NAME ROLE/],
  ];
  for (const [words, expected] of wrong) {
    const { code, err } = await command("people.ts", layout, words);
    assert.equal(code, 2, words.join(" "));
    assert.match(err, expected);
  }
});

function opened(t: { after(end: () => void): void }, layout: Layout) {
  const db = openPeopleDb(layout);
  t.after(() => db.close());
  return db;
}

async function setPassword(layout: Layout, name: string, typed: string) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(PROJECT, "cli", "people.ts"), "password", name], {
    env: { PATH, HOME, DATA_DIR: layout.root, LAPTOP_DIR: join(layout.root, "laptop") },
    stdio: "pipe",
    timeout: 120_000,
  });
  child.stdin.end(typed);
  const ended = new Promise<number | null>(done => child.on("close", done));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, code };
}
