import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseUnredacted } from "../../../connectors/iceberg/redaction.ts";
import type { Session } from "../../../connectors/spark/session.ts";

const KEY = "spark.sql.catalog.azure.adls.auth.shared-key.account.key";
const PASSWORD = "spark.sql.catalog.shared.jdbc.password";
const OURS = "(?i)secret|password|token|account[.]key";

/** A server with these settings. One that withholds gives out no setting whose key or value its pattern finds, as Spark since 4.0.5 and 4.1.4. */
function server(settings: Record<string, string>, withholds: boolean): { session: Session; left: () => string[] } {
  const { "spark.redaction.regex": pattern = "(?i)secret|password|token|access[.]?key" } = settings;
  const hides = new RegExp(pattern.replace(/^\(\?i\)/, ""), "i");
  const all = new Map(Object.entries(settings));
  const isHidden = (key: string) => hides.test(key) || hides.test(all.get(key) ?? "");
  const session = {
    config: {
      set: async (pairs: object) => {
        for (const [key, value] of Object.entries(pairs)) all.set(key, value);
      },
      get: async (keys: string[]) =>
        Object.fromEntries(keys.map(key => [key, withholds && isHidden(key) ? undefined : all.get(key)])),
      unset: async (keys: string[]) => {
        for (const key of keys) all.delete(key);
      },
    },
    command: async (sql: string) => {
      const key = /^set `(.*)`$/.exec(sql)?.[1] ?? assert.fail(sql);
      return [{ key, value: !all.has(key) ? "<undefined>" : isHidden(key) ? "*********(redacted)" : all.get(key) }];
    },
  };
  const before = [...all.keys()];
  return { session: session as unknown as Session, left: () => [...all.keys()].filter(key => !before.includes(key)) };
}

for (const withholds of [false, true]) {
  const which = withholds ? "keeps its pattern to itself" : "tells its pattern";

  test(`a server that ${which} gets a secret only under a key that it covers`, async () => {
    const ours = server({ "spark.redaction.regex": OURS }, withholds);
    await refuseUnredacted(ours.session, [KEY, PASSWORD]);
    assert.deepEqual(ours.left(), [], "nothing of the trial stays");
    const own = server({ "spark.redaction.regex": "(?i)secret|account[.]key" }, withholds);
    await refuseUnredacted(own.session, [KEY]);
    await assert.rejects(refuseUnredacted(own.session, [KEY, PASSWORD]), /would show \S+jdbc\.password in its UI/);
    const none = server({}, withholds);
    await refuseUnredacted(none.session, [PASSWORD]);
    await assert.rejects(refuseUnredacted(none.session, [KEY]), /would show \S+account\.key in its UI/);
  });

  test(`a server that ${which} and keeps an event log has to know the key from its start`, async () => {
    const log = { "spark.redaction.regex": OURS, "spark.eventLog.enabled": "true" };
    await assert.rejects(refuseUnredacted(server(log, withholds).session, [KEY]), /into its event log/);
    await refuseUnredacted(server({ ...log, [KEY]: "set-by-the-portal" }, withholds).session, [KEY]);
  });
}
