import assert from "node:assert/strict";
import { test } from "node:test";
import { detailCache } from "../../../connectors/catalog-browser/details.ts";
import type { HiveDetail } from "../../../connectors/catalog-browser/open.ts";
import { newDatabase, testSession } from "../../engines/lake.ts";
import { detailOf, pickers, until, wholeDetails } from "./pickers.ts";

test("names are kept with their age until they are old or refreshed", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.one (id int) stored as orc`);
  const patient = pickers(t);
  const hurried = pickers(t, { within: 60_000, namesMaxAge: 0 });
  const first = await patient.names("hive", database);
  await hurried.names("hive", database);
  await session.command(`create table ${database}.two (id int) stored as orc`);
  assert.deepEqual(await patient.names("hive", database), first, "the very same, with the same age");
  assert.deepEqual((await hurried.names("hive", database)).items, ["one", "two"]);
  patient.refresh("hive", database);
  const again = await patient.names("hive", database);
  assert.deepEqual(again.items, ["one", "two"]);
  assert.ok(again.at > first.at);
});

test("details are given at once where they are known, and stay until they are old or refreshed", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.one (id int) stored as orc`);
  const metadata = pickers(t);
  const [before] = metadata.details("hive", database, ["one"]);
  assert.deepEqual(before, { name: "one", pending: true });
  assert.equal(metadata.pending("hive", database), 1);
  assert.equal(metadata.pending("hive", database.slice(0, -1)), 0, "another's are not counted");
  const { one } = await wholeDetails(metadata, "hive", database, ["one"]);
  assert.equal(metadata.pending("hive", database), 0);
  await session.command(`alter table ${database}.one set tblproperties ('comment' = 'new')`);
  assert.deepEqual(metadata.details("hive", database, ["one", "one"]), [one], "the same, once");
  metadata.refresh("hive", database);
  assert.deepEqual(metadata.details("hive", database, ["one"]), [{ name: "one", pending: true }]);
  const after = await wholeDetails(metadata, "hive", database, ["one"]);
  assert.equal(detailOf<HiveDetail>(after, "one").comment, "new");
  assert.ok((after.one?.at ?? "") > (one?.at ?? ""));
});

test("details that are old are shown whole until what is newer is whole as well", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.one (id int) partitioned by (day string) stored as orc`);
  const gate: (() => void)[] = [];
  const details = detailCache({
    maxAge: 0,
    isUnavailable: () => false,
    use: async (_, ask) => {
      await new Promise<void>(resolve => gate.push(resolve));
      return await ask(session);
    },
  });
  const look = () => details.get("hive", database, ["one"])[0];
  const partitions = () => (look()?.detail as HiveDetail | undefined)?.partitions;
  const step = async (number: number) => {
    await until(look, () => gate.length === number);
    gate[number - 1]?.();
  };
  look();
  await step(1);
  await until(look, known => known?.detail !== undefined);
  assert.equal(partitions(), undefined, "what comes first is shown");
  await step(2);
  await until(partitions, count => count === 0);
  await session.command(`alter table ${database}.one add partition (day = 'a')`);
  await step(3);
  await until(look, () => gate.length === 4);
  assert.equal(partitions(), 0, "and no half of what is newer takes the place of a whole");
  assert.equal(look()?.pending, true);
  await step(4);
  await until(partitions, count => count === 1);
  await step(5);
  await step(6);
  details.forget("hive", database);
});

test("a page that can't wait gets what is known, and the rest with its next question", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.one (id int) stored as orc`);
  const metadata = pickers(t, { within: 0 });
  const { items, pending } = await metadata.names("hive", database);
  assert.deepEqual([items, pending], [[], true], "not even a connection could be there yet");
  const filled = await until(
    () => metadata.names("hive", database),
    listed => !listed.pending,
  );
  assert.deepEqual(filled.items, ["one"]);
});
