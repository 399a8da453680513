import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Reply, startPortal } from "../../../server/portal.ts";

/** What a field of a page holds, and what is said to be wrong with it. */
function fieldOf({ body }: Reply, name: string): { value?: string; error?: string; isInvalid: boolean } {
  const escaped = name.replace(/[.]/g, "\\.");
  const input = new RegExp(`<(input|select|textarea)[^>]* name="${escaped}"[^>]*>`).exec(body);
  const tag = input?.[0] ?? "";
  const text =
    input?.[1] === "textarea"
      ? body
          .slice((input?.index ?? 0) + tag.length)
          .split("</textarea>")[0]
          ?.replace(/^\n/, "")
      : undefined;
  const chosen =
    input?.[1] === "select"
      ? /<option value="([^"]*)" selected/.exec(body.slice(input.index).split("</select>")[0] ?? "")?.[1]
      : undefined;
  const value = text ?? chosen ?? / value="([^"]*)"/.exec(tag)?.[1];
  const described = / aria-describedby="([^"]*)"/.exec(tag)?.[1]?.split(" ") ?? [];
  const errors = described.filter(id => id.endsWith("-error"));
  const error = errors
    .map(id => new RegExp(`id="${id.replace(/[.]/g, "\\.")}"[^>]*>([^<]*)<`).exec(body)?.[1])
    .join(" ");
  return {
    ...(value !== undefined && { value }),
    ...(error && { error }),
    isInvalid: / aria-invalid="true"/.test(tag),
  };
}

function assertWrong(reply: Reply, name: string, value: string, error: RegExp): void {
  const field = fieldOf(reply, name);
  assert.equal(reply.status, 422, reply.text);
  assert.equal(field.value, value, `${name} keeps what was typed`);
  assert.equal(field.isInvalid, true, `${name} is marked`);
  assert.match(field.error ?? "", error, name);
}

async function withScripts(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "portal-scripts-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ["one.py", "two.py"]) writeFileSync(join(folder, name), "print(1)\n");
  return { folder, portal: await startPortal(t, { role: "administrator", environment: { SCRIPTS_DIR: folder } }) };
}

test("the start of a stream and of a replay keep what was typed and say at the field what is wrong", async t => {
  const portal = await startPortal(t);
  const typed = { topic: "web logs", table: "lake.streams.web", format: "access", trigger: "soon" };
  const stream = await portal.post("/streams", typed);
  assertWrong(stream, "topic", "web logs", /./);
  assertWrong(stream, "trigger", "soon", /Expected a/);
  assert.equal(fieldOf(stream, "table").value, "lake.streams.web");
  assert.equal(fieldOf(stream, "format").value, "access");
  assert.match(stream.text, /2 fields are not right yet/);
  assert.doesNotMatch(stream.body, /name="summarize" value="on" checked/, "a box that was not ticked stays so");
  const table = await portal.post("/streams", {
    ...typed,
    topic: "web-logs",
    trigger: "5",
    table: "a.b.c.d",
    summarize: "on",
  });
  assertWrong(table, "table", "a.b.c.d", /./);
  assert.match(table.body, /name="summarize" value="on" checked/);
  const replay = await portal.post("/streams/replay", { file: "sample", to: "bad topic!", linesPerSecond: "-3" });
  assertWrong(replay, "to", "bad topic!", /./);
  assertWrong(replay, "linesPerSecond", "-3", /./);
  assert.equal(fieldOf(replay, "file").value, "sample");
});

test("the start of scripts keeps the selection, the arguments and the settings", async t => {
  const { folder, portal } = await withScripts(t);
  const script = join(folder, "one.py");
  const typed = { script, retries: "many", arguments: "a\nb", conf: "spark.executor.memory=4g" };
  const retries = await portal.post("/scripts/run", typed);
  assertWrong(retries, "retries", "many", /whole number from 0 to 19/);
  assert.equal(fieldOf(retries, "arguments").value, "a\nb");
  assert.equal(fieldOf(retries, "conf").value, "spark.executor.memory=4g");
  assert.match(retries.body, new RegExp(`value="${script}"[^>]* checked`));
  assertWrong(await portal.post("/scripts/run", { ...typed, retries: "20" }), "retries", "20", /0 to 19/);
  assertWrong(
    await portal.post("/scripts/run", { ...typed, retries: "0", conf: "nonsense" }),
    "conf",
    "nonsense",
    /no Spark setting/,
  );
  const forbidden = "spark.driver.extraJavaOptions=-x";
  assertWrong(await portal.post("/scripts/run", { ...typed, retries: "0", conf: forbidden }), "conf", forbidden, /./);
  const none = await portal.post("/scripts/run", { retries: "3" });
  assert.equal(none.status, 422);
  assert.match(none.text, /No script is chosen/);
  assert.equal(fieldOf(none, "retries").value, "3");
});

test("a script that can't be brought is told at its field", async t => {
  const { portal } = await withScripts(t);
  const body = new FormData();
  body.append("file", new File(["print(1)"], "one.txt"));
  const reply = await fetch(`${portal.url}/scripts/upload`, {
    ...{ method: "POST", body },
    headers: { cookie: portal.cookieOf("administrator"), "sec-fetch-site": "same-origin" },
  });
  const page = await reply.text();
  assert.equal(reply.status, 422);
  assert.match(page, /name="file"[^>]*aria-describedby="file-error" aria-invalid="true"/);
  assert.match(page, /is no name for a script/);
});

test("the start of an analysis keeps its folders, thresholds and zone", async t => {
  const portal = await startPortal(t);
  const typed = {
    places: "/var/log/app/*.log",
    format: "auto",
    year: "last",
    timeZone: "Mars/Olympus",
    errorRate: "a lot",
    errors: "5",
  };
  const reply = await portal.post("/analyses/start", typed);
  assertWrong(reply, "year", "last", /Expected a/);
  assertWrong(reply, "timeZone", "Mars/Olympus", /time zone/);
  assertWrong(reply, "errorRate", "a lot", /Expected a number/);
  assert.equal(fieldOf(reply, "errors").value, "5");
  assert.equal(fieldOf(reply, "places").value, "/var/log/app/*.log");
  assertWrong(await portal.post("/analyses/start", { places: " ", year: "2026" }), "places", " ", /No log was chosen/);
});

test("users and schedules keep what was typed and say at the field what is wrong", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  const user = await portal.post("/people", { name: "no spaces please", role: "operator" });
  assertWrong(user, "name", "no spaces please", /./);
  assert.equal(fieldOf(user, "role").value, "operator");
  const typed = {
    name: "bad name",
    cron: "every day",
    timeZone: "Nowhere",
    job: '{"type":"ingest-hiv"}',
    note: "mine",
  };
  const schedule = await portal.post("/schedules", typed);
  for (const [name, error] of [
    ["name", /Letters/],
    ["cron", /./],
    ["timeZone", /./],
  ] as const)
    assertWrong(schedule, name, typed[name], error);
  assert.equal(fieldOf(schedule, "note").value, "mine");
  assert.equal(fieldOf(schedule, "job").isInvalid, true);
});
