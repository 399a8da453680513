import assert from "node:assert/strict";
import { test } from "node:test";
import { proveStream } from "../../../engines/stream-logs/prove.ts";
import { openTarget } from "../../../engines/stream-logs/target.ts";
import { newDatabase, settings, testSession } from "../lake.ts";

test("a line that is lost, one that is there twice, and one in place of another are seen when a stream is counted", async t => {
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  const lines = { catalog: "lake", namespace, table: "t" };
  const asked = { lines, topic: "t", format: "access", job: "test", firstOffsets: async () => ({ 0: 2, 1: 0 }) };
  const target = await openTarget(session, settings, asked);
  const insert = (table: string, rows: string) =>
    session.command(`insert into lake.${namespace}.${table} (partition, offset) values ${rows}`);
  await insert("t", "(0, 2), (0, 3), (0, 5), (1, 0), (1, 1)");
  await insert("t_bad", "(0, 4), (1, 2), (1, 3)");
  // Bad lines are looked for ahead of the others: those further on do not count yet.
  const whole = await proveStream(session, target, { 0: 6, 1: 3 }, false);
  assert.deepEqual(whole.differences, []);
  assert.deepEqual([whole.lines, whole.bad, whole.consumed], [5, 2, 7]);
  assert.deepEqual((await proveStream(session, target, { 0: 4, 1: 1 }, true)).differences, []);

  const lost = await proveStream(session, target, { 0: 7, 1: 3 }, false);
  assert.match(lost.differences.join(), /^partition 0: 5 offsets were consumed, the tables hold 4 lines of them$/);
  const ahead = await proveStream(session, target, { 0: 6 }, false);
  assert.match(ahead.differences.join(), /^partition 1: nothing was consumed, the tables hold 2 lines of it$/);
  await insert("t", "(0, 3), (1, 3), (1, 5)");
  const wrong = await proveStream(session, target, { 0: 6, 1: 6 }, false);
  assert.match(wrong.differences[0] ?? "", /^partition 0: 4 offsets were consumed, the tables hold 5 lines of them$/);
  // Offsets 0, 1, 2, 3, 3, 5 of six: the number is right.
  assert.match(
    wrong.differences[1] ?? "",
    /^partition 1: 6 offsets .* 6 lines of them, and these are not the same ones$/,
  );

  await assert.rejects(openTarget(session, settings, { ...asked, topic: "other" }), /holds the lines of the topic t/);
  await assert.rejects(openTarget(session, settings, { ...asked, format: "json" }), /holds lines read as "access"/);
  const again = await openTarget(session, settings, { ...asked, firstOffsets: () => assert.fail("asked again") });
  assert.deepEqual(again, target);
  await session.command(`create table lake.${namespace}.mine (a int) using iceberg`);
  const mine = { ...asked, lines: { ...lines, table: "mine" } };
  await assert.rejects(openTarget(session, settings, mine), /is no stream's table/);
  await session.command(`drop table lake.${namespace}.t`);
  await assert.rejects(
    openTarget(session, settings, asked),
    /t_bad holds bad lines of another table than .*\.t as it is/,
  );
});
