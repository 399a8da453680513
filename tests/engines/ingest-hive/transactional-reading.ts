import assert from "node:assert/strict";
import { createAcidViews } from "../../../connectors/hive/acid/views.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { sideBySide } from "../../../engines/engine.ts";
import { transactionalTables as openTables } from "../../../engines/ingest-hive/transactional/metastore.ts";
import { withWholeFiles } from "../../../engines/ingest-hive/transactional/place-rows.ts";
import { answers } from "../../connectors/hive/metastore-stand-in.ts";
import { settings } from "../lake.ts";
import { hiveRows, isTransactional, rowsLikeHive, transactionalTables } from "./transactional.ts";

/** Reads those of the fixtures' tables that are wanted, and holds their rows against those that Hive 4 gave. */
export async function readLikeHive(
  t: { after(end: () => Promise<void>): void },
  isWanted: (name: string, at: number) => boolean,
): Promise<void> {
  const names = Object.keys(answers.tables).filter(isTransactional).filter(isWanted);
  const { session, metastore } = await transactionalTables(t, names, { registered: [] });
  const tables = openTables({ ...settings, HIVE_METASTORE_URI: metastore.uri });
  t.after(() => tables.end());
  const { watched, mostAtOnce } = countingViews(session);
  const plans = await sideBySide(names, name => tables.plan(watched, "acid", name));
  assert.ok(mostAtOnce() > 1, "tables are planned side by side");
  for (const [i, name] of names.entries()) {
    const [answer, planned] = [answers.tables[name], plans[i]];
    assert.ok(planned && answer, name);
    await createAcidViews(session, "portal_acid_test", planned.read);
    const read = () => rowsLikeHive(session, "portal_acid_test", answer);
    const rows = await (planned.read.positions ? withWholeFiles(session, read) : read());
    assert.deepEqual(rows, hiveRows(answer), name);
  }
  assert.equal(metastore.reading.size, 1, "one transaction for reading holds all of them");
  await tables.end();
  assert.equal(metastore.reading.size, 0);
}

// Tells how many views were being made at the same time.
function countingViews(session: Session): { watched: Session; mostAtOnce(): number } {
  let [now, most] = [0, 0];
  const createView: Session["createView"] = async (...view) => {
    most = Math.max(most, ++now);
    await session.createView(...view).finally(() => now--);
  };
  return { watched: { ...session, createView }, mostAtOnce: () => most };
}
