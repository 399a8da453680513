import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { memoized, memoizedAsync } from "../../../core/system/cache.ts";

test("a value is made once for a key, and the one that was not used for longest makes room", () => {
  const cache = memoized<number>({ max: 2 });
  let made = 0;
  const of = (key: string) => cache(key, () => ++made);
  assert.deepEqual(["a", "b", "a", "c", "a", "b"].map(of), [1, 2, 1, 3, 1, 4]);
});

test("a value of no worth is cached too", () => {
  const cache = memoized<boolean>({ max: 2 });
  assert.equal(
    cache("a", () => false),
    false,
  );
  assert.equal(
    cache("a", () => true),
    false,
  );
});

test("a value that is too old holds no memory, though nobody asks for another", async () => {
  const cache = memoized<object>({ max: 30, ttl: 20 });
  const value = new WeakRef(cache("a", () => ({ large: true })));
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 100 && value.deref() !== undefined; i++) {
    await pause(20);
    collect();
  }
  assert.equal(value.deref(), undefined);
  assert.deepEqual(
    cache("b", () => ({ large: false })),
    { large: false },
  );
});

test("a request that is under way is shared; a failure is not cached", async () => {
  const cache = memoizedAsync({ max: 2 });
  let requests = 0;
  const fails = () => cache("a", () => Promise.reject(new Error(`no ${++requests}`)));
  const both = await Promise.allSettled([fails(), fails()]);
  assert.deepEqual(
    both.map(result => result.status === "rejected" && result.reason.message),
    ["no 1", "no 1"],
  );
  assert.equal(await cache("a", async () => ++requests), 2);
  assert.equal(await cache("a", async () => ++requests), 2);
});
