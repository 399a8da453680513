import assert from "node:assert/strict";
import { test } from "node:test";
import type { HiveDetail } from "../../tables/metadata/open.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
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

test("details that are old are shown as long as newer ones are on their way", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.one (id int) partitioned by (day string) stored as orc`);
  const metadata = pickers(t, { detailsMaxAge: 0 });
  const look = () => metadata.details("hive", database, ["one"])[0];
  const partitions = (known: ReturnType<typeof look>) => (known?.detail as HiveDetail | undefined)?.partitions;
  const first = await until(look, known => partitions(known) === 0);
  await session.command(`alter table ${database}.one add partition (day = 'a')`);
  const shown: (number | undefined)[] = [];
  const last = await until(look, known => {
    shown.push(partitions(known));
    assert.equal(known?.pending, true, "what is old is asked for again");
    return partitions(known) === 1;
  });
  assert.ok(!shown.includes(undefined), "half of what is new never takes away what is known");
  assert.ok((last?.at ?? "") > (first?.at ?? ""));
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
