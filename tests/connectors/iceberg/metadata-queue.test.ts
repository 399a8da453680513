import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { listCache } from "../../../connectors/catalog-browser/list-cache.ts";
import { newestFirst, type RunningRequest } from "../../../connectors/catalog-browser/queue.ts";

/** A queue whose tasks end when the test says so. `begun` has the keys in the order in which they were begun. */
function held(sideBySide: number, steps = 1) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const given: RunningRequest<string>[] = [];
  const queue = newestFirst<string>(sideBySide, running => {
    begun.push(running.step > 1 ? `${running.key}:${running.step}` : running.key);
    given.push(running);
    return new Promise(resolve => ends.set(running.key, () => resolve(running.step < steps)));
  });
  const ask = (...keys: string[]) => queue.ask(new Map(keys.map(key => [key, key])));
  const end = async (key: string) => {
    ends.get(key)?.();
    await turn();
  };
  return { queue, ask, end, begun, given };
}

test("what was asked for last is begun first, in the order in which it was asked for", async () => {
  const { ask, end, begun } = held(1);
  ask("a", "b", "c");
  ask("x", "y");
  for (const key of ["a", "x", "y", "b", "c"]) await end(key);
  assert.deepEqual(begun, ["a", "x", "y", "b", "c"], "only a had begun when x and y came");
});

test("what waits already moves up with the request that names it again, and is begun once", async () => {
  const { ask, end, begun } = held(1);
  ask("a", "b", "c");
  ask("c");
  for (const key of ["a", "c", "b"]) await end(key);
  assert.deepEqual(begun, ["a", "c", "b"]);
});

test("no more run side by side than may, and none is left out", async () => {
  const { queue, ask, end, begun } = held(8);
  const keys = Array.from({ length: 20 }, (_, i) => `t${i}`);
  ask(...keys);
  assert.equal(begun.length, 8);
  assert.equal([...queue.waiting()].length, 20);
  await end("t3");
  assert.equal(begun.length, 9);
  for (const key of keys) await end(key);
  assert.deepEqual(begun, keys);
  assert.deepEqual([...queue.waiting()], []);
});

test("the second step of a request comes after the first of all its tasks, and before an older request", async () => {
  const { ask, end, begun } = held(1, 2);
  ask("old1", "old2");
  ask("new1", "new2");
  for (const key of ["old1", "new1", "new2", "new1", "new2", "old2", "old1", "old2"]) await end(key);
  assert.deepEqual(begun, ["old1", "new1", "new2", "new1:2", "new2:2", "old2", "old1:2", "old2:2"]);
});

test("a task that is forgotten while it runs knows it, keeps its place until it ends, and has no further step", async () => {
  const { queue, ask, end, begun, given } = held(1, 2);
  ask("a", "b");
  queue.forget(key => key === "a");
  assert.equal(given[0]?.forgotten, true);
  assert.equal(queue.isWaiting("a"), false);
  assert.deepEqual(begun, ["a"], "no second one runs beside it");
  await end("a");
  assert.deepEqual(begun, ["a", "b"]);
});

const ageing = { maxAge: 60_000, within: 60_000, isUnavailable: () => false };

test("a list is asked for once, however many wait for it, and not again while it is fresh", async () => {
  const lists = listCache(ageing);
  let asked = 0;
  const ask = async () => [`answer ${++asked}`];
  const all = await Promise.all([lists.get("k", ask), lists.get("k", ask), lists.get("k", ask)]);
  assert.deepEqual(
    [...all, await lists.get("k", ask)].map(({ items, pending }) => [items, pending]),
    Array.from({ length: 4 }, () => [["answer 1"], false]),
  );
});

test("a list that can't be had again keeps its items and their age, and says what was wrong", async () => {
  const lists = listCache({ ...ageing, maxAge: -1 });
  const first = await lists.get("k", async () => ["a"]);
  const second = await lists.get("k", () => Promise.reject(new Error("It rains.")));
  assert.deepEqual(second, { items: ["a"], at: first.at, pending: false, error: "It rains." });
});

test("where the patience ends first, what is known is given as pending, and what comes later is kept", async () => {
  const lists = listCache({ ...ageing, within: 0 });
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const early = await lists.get("k", () => promise);
  assert.deepEqual([early.items, early.pending], [[], true]);
  resolve(["late"]);
  await turn();
  const late = await lists.get("k", () => Promise.reject(new Error("not asked again")));
  assert.deepEqual([late.items, late.pending], [["late"], false]);
});

test("an answer to a question that was forgotten meanwhile is not kept", async () => {
  const lists = listCache({ ...ageing, within: 0 });
  const old = Promise.withResolvers<string[]>();
  await lists.get("k", () => old.promise);
  lists.forget("k");
  old.resolve(["before the refresh"]);
  await turn();
  const now = await agedAnswer(lists, async () => ["after it"]);
  assert.deepEqual(now, ["after it"]);
});

async function agedAnswer(lists: ReturnType<typeof listCache>, ask: () => Promise<string[]>): Promise<string[]> {
  await lists.get("k", ask);
  await turn();
  return (await lists.get("k", ask)).items;
}
