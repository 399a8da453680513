import assert from "node:assert/strict";
import { test } from "node:test";
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
