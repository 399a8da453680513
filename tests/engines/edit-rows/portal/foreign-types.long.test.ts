import assert from "node:assert/strict";
import { test } from "node:test";
import { isRaw } from "../../../../connectors/spark/describe-error.ts";
import { makeTyped } from "../../equality-delete.ts";
import { tablesOpened } from "./tables-opened.ts";

test("types that only other engines write are shown and edited, or the page says why not", async t => {
  const { namespace, portal, look, world } = await tablesOpened(t);
  for (const type of ["uuid", "fixed", "time"] as const) await makeTyped(namespace, type, type);
  assert.match((await look(`/tables/lake/${namespace}/uuid`)).text, /00112233-4455-6677-8899-aabbccddeeff/);
  assert.match((await look(`/tables/lake/${namespace}/fixed`)).text, /000102ff/);
  const time = await look(`/tables/lake/${namespace}/time`);
  assert.match(time.text, /a type of Iceberg that Spark does not read/);
  const save = async (table: string, v: string) => {
    const sent = await portal.post(`/tables/lake/${namespace}/${table}/row`, { "set.k": v, "set.v": v });
    return await world.until("the edit", async () => {
      const reply = await portal.get(sent.location ?? "");
      return !reply.body.includes('aria-busy="true"') && reply;
    });
  };
  assert.equal((await save("uuid", "ffffffff-4455-6677-8899-aabbccddeeff")).status, 303);
  assert.equal((await save("fixed", "0a0b0c0d")).status, 303);
  const wrong = await save("uuid", "nonsense");
  assert.match(wrong.text, /A text is no UUID.*what you typed is still here/);
  assert.match(wrong.body, /nonsense/);
  assert.match((await save("fixed", "00")).text, /of fixed length/);
  assert.equal(isRaw(wrong.text), false, wrong.text);
});
