import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { NotObserved } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { uploadsFolder } from "../../../core/store/data-files.ts";
import { csvWorld } from "../csv.ts";

/** A Spark that is so busy that it gives no figures of what it has copied. */
function late(session: Session): Session {
  return {
    ...session,
    async copy(copy, options) {
      await session.copy(copy, options);
      throw new NotObserved("too late");
    },
  };
}

test("a load whose figures come too late counts and proves by a second reading, into a new table and into a full one", async t => {
  const { settings, namespace, put, run, rows } = await csvWorld(t);
  const table = `lake.${namespace}.t`;
  const parameters = { file: "t.csv", table, key: "k", counts: [{ by: "v", into: "c" }] };
  put("t.csv", "k,v\n1,a\n2,b\n3\n2,c\n");
  const filled = await run("load-csv", parameters, { wrap: late });
  assert.equal(filled.exitCode, 0, filled.error?.message);
  assert.deepEqual(filled.outcomes[0]?.figures, {
    ...{ records: "4", bad: "1", keys: "2", added: "2", changed: "0", same: "0", overwritten: "1", lines: "5" },
  });
  assert.equal(filled.proofs.length, 2);
  put("t.csv", "k,v\n1,a\n2,d\n4,e\n");
  const merged = await run("load-csv", parameters, { wrap: late });
  assert.equal(merged.exitCode, 0, merged.error?.message);
  const { added, changed, same } = merged.outcomes[0]?.figures ?? {};
  assert.deepEqual([added, changed, same], ["1", "1", "1"]);
  assert.deepEqual(await rows(`select concat_ws(' ', k, v) as row from ${table} order by k`), [
    { row: "1 a" },
    { row: "2 d" },
    { row: "4 e" },
  ]);
  assert.deepEqual(readdirSync(join(uploadsFolder(settings.DATA_DIR), ".parts")), [], "nothing is left of the parts");
});
