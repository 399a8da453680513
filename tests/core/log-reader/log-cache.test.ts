import assert from "node:assert/strict";
import { appendFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type CachedValue, logCache } from "../../../core/log-reader/log-cache.ts";
import { reading } from "../../../core/log-reader/source.ts";
import { logWith } from "./logs.ts";

test("what is known of a log stays while it grows, and goes when its bytes change", async t => {
  const path = logWith(t, "0123456789");
  const recall = logCache(() => 0);
  const learn = () =>
    reading(path, async source => {
      const known = await recall(source);
      await known.grow(source, async ({ value }) => ({ upTo: source.size, value: value + 1 }));
      return known.value;
    });
  assert.equal(await learn(), 1);
  appendFileSync(path, "more");
  assert.equal(await learn(), 2);
  writeFileSync(path, "0123456789more, but other".replace("more", "less"));
  assert.equal(await learn(), 1);
  writeFileSync(path, "short");
  assert.equal(await learn(), 1);
});

test("steps for one log wait for each other, and go on after one that failed", async t => {
  const path = logWith(t, "0123456789");
  const recall = logCache(() => 0);
  await reading(path, async source => {
    const known = await recall(source);
    let atWork = 0;
    const step = async ({ upTo, value }: CachedValue<number>) => {
      atWork += 1;
      await new Promise(resolve => setImmediate(resolve));
      assert.equal(atWork, 1);
      atWork -= 1;
      if (value === 2 && upTo === 2) {
        failures += 1;
        if (failures === 1) throw new Error("no");
      }
      return { upTo: upTo + 1, value: value + 1 };
    };
    let failures = 0;
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => known.grow(source, step)));
    assert.deepEqual([all.filter(one => one.status === "rejected").length, known.upTo, known.value], [1, 4, 4]);
  });
});

test("only the logs that were asked for last are kept", async t => {
  const paths = ["a", "b", "c"].map(content => logWith(t, content));
  const recall = logCache(() => ({}), 2);
  const ask = (index: number) => reading(paths[index] ?? "", source => recall(source));
  const [first, second] = [await ask(0), await ask(1)];
  assert.equal(await ask(0), first);
  await ask(2);
  assert.equal(await ask(0), first);
  assert.notEqual(await ask(1), second);
});

test("a new log that got the number of one that has gone is another, whatever they hold", async t => {
  const number = (path: string) => statSync(path, { bigint: true }).ino;
  const path = logWith(t, "the same");
  const identity = (of: string) => reading(of, async ({ file }) => file);
  const [before, gone] = [number(path), await identity(path)];
  rmSync(path);
  // Most disks give it to one of the next; one that never does has nothing to show here.
  const next = Array.from({ length: 200 }, (_, i) => `${path}.${i}`).find(one => {
    writeFileSync(one, "the same");
    return number(one) === before;
  });
  t.diagnostic(next ? "the number was given anew" : "this disk gives no number anew");
  if (next) assert.notEqual(await identity(next), gone);
  const kept = await identity(`${path}.0`);
  appendFileSync(`${path}.0`, " and more");
  assert.equal(await identity(`${path}.0`), kept);
});
