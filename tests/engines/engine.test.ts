import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { sideBySide } from "../../engines/engine.ts";

test("what is done side by side has its results in the order of what was given", async () => {
  const work = held();
  const results = sideBySide([1, 2, 3], work.begin);
  for (const one of [3, 1, 2]) work.end(one);
  assert.deepEqual(await results, ["1 done", "2 done", "3 done"]);
  assert.deepEqual(await sideBySide([], work.begin), []);
});

test("eight are at work at once, and the next begins as soon as one has ended", async () => {
  const work = held();
  const all = Array.from({ length: 10 }, (_, i) => i);
  const results = sideBySide(all, work.begin);
  await turn();
  assert.deepEqual(work.begun, all.slice(0, 8));
  work.end(5);
  await turn();
  assert.deepEqual(work.begun, all.slice(0, 9));
  for (const one of all) work.end(one);
  assert.equal((await results).length, 10);
});

test("an error is thrown at once, and nothing begins after it", async () => {
  const work = held();
  const results = sideBySide(
    Array.from({ length: 20 }, (_, i) => i),
    work.begin,
  );
  await turn();
  work.fail(7);
  await assert.rejects(results, /7 failed/);
  work.end(0);
  await turn();
  assert.equal(work.begun.length, 8);
});

/** Work that ends when it is told to. */
function held() {
  const begun: number[] = [];
  const endings = new Map<number, PromiseWithResolvers<string>>();
  const ending = (one: number) => {
    const known = endings.get(one) ?? Promise.withResolvers<string>();
    endings.set(one, known);
    return known;
  };
  return {
    begun,
    begin: (one: number) => {
      begun.push(one);
      return ending(one).promise;
    },
    end: (one: number) => ending(one).resolve(`${one} done`),
    fail: (one: number) => ending(one).reject(new Error(`${one} failed`)),
  };
}
