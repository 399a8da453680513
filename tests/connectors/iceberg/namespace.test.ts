import assert from "node:assert/strict";
import { test } from "node:test";
import { createNamespace } from "../../../connectors/iceberg/namespace.ts";
import { newDatabase, settings, testSession } from "../../engines/lake.ts";

// Without the lock two in five rounds lose a table: the metastore deletes the folder of whoever came second.
test("sessions that make the same namespace at once lose no table that was made in it", async t => {
  const sessions = await Promise.all([testSession(t), testSession(t), testSession(t)]);
  const [first = assert.fail()] = sessions;
  for (let round = 0; round < 8; round++) {
    const namespace = `${await newDatabase(t, first)}_iceberg`;
    await Promise.all(
      sessions.map(async (session, i) => {
        await createNamespace(session, settings, { catalog: "lake", namespace, table: "" });
        await session.command(`create table lake.${namespace}.t${i} (id int) using iceberg`);
      }),
    );
    for (const i of sessions.keys())
      assert.deepEqual(await first.query(`select * from lake.${namespace}.t${i}`), [], `round ${round}, table ${i}`);
  }
});
