import assert from "node:assert/strict";
import { test } from "node:test";
import { portalOn } from "../../../browser/browser.ts";
import { newWorld } from "../../../journey/world.ts";
import { newDatabase, testSession } from "../../lake.ts";

test("a row is read, written and deleted over the API; of two people who change the same one, the second is told", async t => {
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  const table = `lake.${namespace}.t`;
  await session.command(`create namespace lake.${namespace}`);
  await session.command(
    `create table ${table} (k string not null, n int, v string) using iceberg tblproperties ('portal.key' = 'k')`,
  );
  await session.command(`insert into ${table} values ('a b/c', 1, 'one'), ('d', 2, null)`);
  const world = newWorld(t);
  world.startWorker();
  const portal = await portalOn(t, world.layout.root);
  // An edit is waited for only where somebody is there to do it.
  await world.until("a worker", () => portal.portal.workerLives());
  const call = async (method: string, key: string, body?: object, role: "operator" | "viewer" = "operator") => {
    const response = await fetch(`${portal.url}/api/tables/lake/${namespace}/t/rows/${encodeURIComponent(key)}`, {
      method,
      headers: { cookie: portal.cookieOf(role), "sec-fetch-site": "same-origin", "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { row?: object; notes?: string[]; error?: { message: string } };
    return { status: response.status, ...answer };
  };
  for (let tries = 0; (await call("GET", "d")).status === 503 && tries < 60; tries++)
    await new Promise(later => setTimeout(later, 500));
  assert.equal((await call("GET", "d", undefined, "viewer")).status, 403);
  assert.deepEqual((await call("GET", "a b/c")).row, { k: "a b/c", n: "1", v: "one" });
  assert.equal((await call("GET", "x")).status, 404);

  const was = { n: "2", v: null };
  const both = await Promise.all([
    call("PUT", "d", { set: { v: "mine" }, was }),
    call("PUT", "d", { set: { v: "yours" }, was }),
  ]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 409], JSON.stringify(both));
  const lost = both.find(({ status }) => status === 409);
  assert.match(lost?.error?.message ?? "", /The row d was changed meanwhile by test-operator, so it was left as it is/);
  const won = both[0]?.status === 200 ? "mine" : "yours";
  assert.deepEqual((await call("GET", "d")).row, { k: "d", n: "2", v: won }, "what is not named stays as it is");

  const wrong = await call("PUT", "d", { set: { n: "two" } });
  assert.match(wrong.error?.message ?? "", /n: "two" is no int/);
  const added = await call("PUT", "new", { set: { n: "3", v: "it's \\ \n'new'" } });
  assert.deepEqual(added.notes, ["1 row added by test-operator"]);
  assert.deepEqual((await call("GET", "new")).row, { k: "new", n: "3", v: "it's \\ \n'new'" });
  assert.deepEqual((await call("DELETE", "new")).notes, ["1 row deleted by test-operator"]);
  assert.deepEqual((await call("DELETE", "new")).notes, ["there is no such row any more"]);
  const [row] = await session.query(
    `select count(*) as n from ${table}.snapshots where summary['portal.by'] = 'test-operator'`,
  );
  assert.equal(String(row?.n), "3");

  // As a browser does, where Spark takes its time.
  const seen = async (path: string) => {
    for (let tries = 0; ; tries++) {
      const reply = await portal.get(path);
      if (!reply.text.includes("Spark is asked for") || tries === 20) return reply;
    }
  };
  const page = await seen(`/tables/lake/${namespace}/t?tab=snapshots`);
  assert.match(page.text, /test-operator its job/);
  assert.match((await seen(`/tables/lake/${namespace}/t?text=ONE`)).text, /a b\/c/);
  assert.match((await seen(`/tables/lake/${namespace}/t?text=nothing`)).text, /No rows match/);

  // Numbers sort as numbers, and every page has the rows that come next in that order.
  await session.command(`insert into ${table} select concat('r', id), int(id + 10), 'many' from range(120)`);
  const shown = async (query: string) => {
    const { text, body } = await seen(`/tables/lake/${namespace}/t?${query}`);
    const numbers = [...body.matchAll(/<td class="num" data-label="n">.*?>(\d+)</g)].map(match => Number(match[1]));
    return { text, body, numbers };
  };
  const down = await shown("text=many&sort=n&order=desc");
  assert.deepEqual(
    down.numbers,
    Array.from({ length: 50 }, (_, i) => 129 - i),
  );
  assert.match(down.text, /1 to 50 Next$|1 to 50 Next /);
  assert.match(down.body, /<th scope="col" class="num" aria-sort="descending"><a href="[^"]*sort=n">/);
  const next = /rel="next" href="[^"]*\?([^"]*)"/.exec(down.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const second = await shown(next);
  assert.deepEqual([second.numbers[0], second.numbers.length], [79, 50]);
  assert.match(second.text, /Previous 51 to 100 Next/);
  const last = await shown(next.replace("from=50", "from=100"));
  assert.deepEqual([last.numbers.at(-1), last.numbers.length], [10, 20]);
  assert.doesNotMatch(last.text, /101 to 120 Next/);
  const up = await shown("text=many&sort=n");
  assert.deepEqual(up.numbers.slice(0, 3), [10, 11, 12]);
  assert.match((await seen(`/tables/lake/${namespace}/none`)).text, /There is no table/);
  assert.match((await seen(`/tables/azure/${namespace}/t`)).text, /needs AZURE_KEY, which only the worker holds/);
});
