import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { portalOn } from "../../../browser/browser.ts";
import { newWorld } from "../../../journey/world.ts";
import type { Reply, TestPortal } from "../../../server/portal.ts";
import { newDatabase, testSession } from "../../lake.ts";

const TEXTS: Readonly<Record<string, string | null>> = {
  breaks: "one\r\ntwo\nthree\rfour\n",
  tabs: "\t\ta\tb\t",
  quotes: `it's "so" \`and\` \\n \\ \\u0041 -- /* */ ;`,
  variables: "$" + "{env:HOME} $" + "{spark.app.name}",
  emoji: "😀👩‍👩‍👧 é e\u0301 \u{FEFF}",
  long: `${"x".repeat(99_990)}\n😀end`,
  empty: "",
  nothing: null,
};

/** A portal with a worker, and a table with these columns beside its key. */
async function opened(t: TestContext, columns: string) {
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  await session.command(`create namespace lake.${namespace}`);
  const table = `lake.${namespace}.t`;
  await session.command(
    `create table ${table} (k string not null, ${columns}) using iceberg tblproperties ('portal.key' = 'k')`,
  );
  const world = newWorld(t);
  world.startWorker();
  const portal = await portalOn(t, world.layout.root);
  await world.until("a worker", () => portal.portal.workerLives());
  const api = async (method: string, key: string, body?: object) => {
    const response = await fetch(`${portal.url}/api/tables/lake/${namespace}/t/rows/${encodeURIComponent(key)}`, {
      method,
      headers: {
        cookie: portal.cookieOf("operator"),
        "sec-fetch-site": "same-origin",
        "content-type": "application/json",
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      ...((await response.json()) as { row?: Record<string, string | null>; notes?: string[] }),
    };
  };
  await world.until("Spark", async () => (await api("GET", "none")).status !== 503);
  return { session, table, portal, world, api, row: `/tables/lake/${namespace}/t/row` };
}

test("a value goes in and comes out byte for byte, over the API and through the form", async t => {
  const names = Object.keys(TEXTS);
  const { session, table, portal, world, api, row } = await opened(t, `${names.map(name => `${name} string`)}, n int`);
  const { status, notes } = await api("PUT", "all", { set: { ...TEXTS, n: "1" } });
  assert.equal(status, 200, JSON.stringify(notes));
  assert.deepEqual((await api("GET", "all")).row, { k: "all", ...TEXTS, n: "1" });
  // Spark's own answer, which no text of ours went through.
  const stored = async () => {
    const [found] = await session.query(`select ${names.map(name => `hex(${name}) as ${name}`)}, n from ${table}`);
    return found;
  };
  const bytes = Object.fromEntries(
    Object.entries(TEXTS).map(([name, text]) => [
      name,
      text === null ? null : Buffer.from(text).toString("hex").toUpperCase(),
    ]),
  );
  assert.deepEqual(await stored(), { ...bytes, n: 1 });

  // As a browser sends it: only another figure was typed, and every text goes along with line ends of CR LF.
  const form = (changed: Record<string, string>) => ({
    ...Object.fromEntries(
      Object.entries(TEXTS).map(([name, text]) => [`set.${name}`, (text ?? "").replace(/\r\n|\r|\n/g, "\r\n")]),
    ),
    ...{ "set-null.nothing": "on", "set.n": "2" },
    ...changed,
  });
  const send = async (changed: Record<string, string>) => {
    const page = await portal.get(`${row}?key=all`);
    const action = /action="([^"]*\/row\?key=[^"]*)"/.exec(page.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
    return await saved(world, portal, await portal.post(action, form(changed)));
  };
  assert.match(await send({}), /1 row changed by test-operator/);
  assert.deepEqual(await stored(), { ...bytes, n: 2 });

  // A changed text keeps the line ends that it had.
  await send({ "set.breaks": "one\r\ntwo!\r\nthree\r\nfour\r\n" });
  assert.equal((await api("GET", "all")).row?.breaks, "one\r\ntwo!\nthree\rfour\n");

  // Texts that look alike as numbers are not the same.
  await api("PUT", "figures", { set: { tabs: "1.0" } });
  assert.deepEqual((await api("PUT", "figures", { set: { tabs: "1" } })).notes, ["1 row changed by test-operator"]);
  assert.equal((await api("GET", "figures")).row?.tabs, "1");
});

test("a form that can't be saved keeps what was typed and says at the field why; the page shows the save while it goes on", async t => {
  const { session, table, portal, world, api, row } = await opened(t, "v string, n int, m map<string,int>");
  await session.command(`insert into ${table} values ('a', 'one', 1, map('x', 1)), ('b', 'two', 2, null)`);
  await world.until("the row", async () => (await api("GET", "a")).status === 200);
  const page = await portal.get(`${row}?key=a`);
  assert.match(page.text, /\{"x":1\} A map is shown as JSON and can't be edited here/);
  const action = /action="([^"]*\/row\?key=[^"]*)"/.exec(page.body)?.[1]?.replaceAll("&amp;", "&") ?? "";

  const wrong = await portal.post(action, { "set.v": "typed\r\nin", "set.n": "abc" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /1 value can't be saved: n\./);
  assert.match(wrong.text, /"abc" is no int: expected a whole number/);
  assert.match(
    wrong.body,
    /name="set\.n" value="abc"[^>]*aria-describedby="set\.n-hint set\.n-error" aria-invalid="true" autofocus/,
  );
  assert.match(wrong.body, /typed\r\nin<\/textarea>/);
  assert.equal(
    (await portal.get("/api/jobs?type=edit-rows")).body.includes("edit-rows"),
    false,
    "no job was made of it",
  );

  const began = Date.now();
  const sent = await portal.post(action, { "set.v": "typed", "set.n": "5" });
  assert.equal(sent.status, 303);
  assert.ok(Date.now() - began < 5_000, "nobody waits for the job");
  const saving = await portal.get(sent.location ?? "");
  if (saving.status === 200) {
    assert.match(saving.text, /Saving the row It is being written and read back/);
    assert.match(saving.body, /aria-busy="true"/);
    assert.match(saving.body, /<noscript><meta http-equiv="refresh" content="3"><\/noscript>/, "without script too");
  }
  assert.match(await saved(world, portal, sent), /1 row changed/);

  // Somebody else was faster: what was typed is still there, with the reason.
  const late = await portal.post(action, { "set.v": "mine", "set.n": "1" });
  const refused = await ended(world, portal, late);
  assert.match(refused.text, /The row a was changed meanwhile by test-operator/);
  assert.match(refused.body, />\s*mine<\/textarea>/);

  // Another column may be changed by two people at once: nothing of the first is lost.
  const two = await portal.get(`${row}?key=b`);
  const both = /action="([^"]*\/row\?key=[^"]*)"/.exec(two.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  await saved(world, portal, await portal.post(both, { "set.v": "from one", "set.n": "2" }));
  await saved(world, portal, await portal.post(both, { "set.v": "two", "set.n": "22" }));
  assert.deepEqual((await api("GET", "b")).row, { k: "b", v: "from one", n: "22", m: null });

  // A new row never writes over one that is there.
  const again = await ended(world, portal, await portal.post(row, { "set.k": "a", "set.v": "new", "set.n": "" }));
  assert.match(again.text, /has a row a already, so it was left as it is/);
  assert.match(again.body, />\s*new<\/textarea>/);
  assert.match(
    await saved(
      world,
      portal,
      await portal.post(row, { "set.k": "c\r\nd", "set.v": "", "set-null.v": "on", "set.n": "" }),
    ),
    /1 row added/,
  );
  assert.deepEqual((await api("GET", "c\nd")).row, { k: "c\nd", v: null, n: null, m: null });
});

async function ended(
  world: Awaited<ReturnType<typeof opened>>["world"],
  portal: TestPortal,
  sent: Reply,
): Promise<Reply> {
  assert.equal(sent.status, 303, sent.text);
  return await world.until("the end of the edit", async () => {
    const reply = await portal.get(sent.location ?? "");
    return !reply.body.includes('aria-busy="true"') && reply;
  });
}

/** What the portal says once a row is saved. */
async function saved(
  world: Awaited<ReturnType<typeof opened>>["world"],
  portal: TestPortal,
  sent: Reply,
): Promise<string> {
  const reply = await ended(world, portal, sent);
  assert.equal(reply.status, 303, reply.text);
  return (await portal.get(reply.location ?? "")).text;
}
