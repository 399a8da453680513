import assert from "node:assert/strict";
import { test } from "node:test";
import { azureStorage } from "../../../connectors/azure/azure.ts";
import { StorageUnavailable } from "../../../connectors/azure/errors.ts";
import { whileAzureAnswers } from "../../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { readSettings } from "../../../core/settings.ts";
import { testSession } from "../../engines/lake.ts";
import { faultyProxy } from "../../journey/faulty-proxy.ts";

const real = azureStorage(readSettings());
const patience = { every: 100, answer: 1000, silent: 1500, stop: 20_000 };

/** Settings by which Azure is reached through a proxy. */
async function throughProxy(t: { after(end: () => void): void }) {
  const proxy = await faultyProxy(t, real?.endpoint ?? "");
  const account = { AZURE_ACCOUNT: real?.account, AZURE_CONTAINER: real?.container, AZURE_KEY: real?.key };
  return { proxy, settings: readSettings({ ...process.env, ...account, AZURE_ENDPOINT: proxy.endpoint }) };
}

test("a statement that waits for a storage that is gone is interrupted, and the session can be used for something else", async t => {
  const { proxy, settings } = await throughProxy(t);
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  await session.command("create namespace if not exists azure.away");
  proxy.misbehave("gone");
  const work = () => session.command(`create table azure.away.t${Date.now()} (id int) using iceberg`);
  await assert.rejects(whileAzureAnswers(session, settings, ["azure"], work, patience), (error: Error) => {
    assert.ok(error instanceof StorageUnavailable, error.message);
    assert.match(error.message, /^Azure Blob at http.* does not answer \(\w+\)\. Start it/);
    return true;
  });
  assert.deepEqual(await session.query("select 1 as one"), [{ one: 1 }]);
});

test("a storage that refuses or is slow does answer, and whatever has nothing to do with Azure is not watched", async t => {
  const { proxy, settings } = await throughProxy(t);
  const session = await testSession(t);
  const long = () => session.query("select reflect('java.lang.Thread', 'sleep', 30L) as nap from range(100)");
  proxy.misbehave({ milliseconds: 300 });
  await whileAzureAnswers(session, settings, ["azure"], long, patience);
  proxy.misbehave("gone");
  await whileAzureAnswers(session, settings, ["lake", "hive"], long, patience);
});

test("what the work itself fails with is told while the storage answers", async t => {
  const { settings } = await throughProxy(t);
  const session = await testSession(t);
  const work = () => session.query("select * from no_such_table");
  await assert.rejects(whileAzureAnswers(session, settings, ["azure"], work, patience), /TABLE_OR_VIEW_NOT_FOUND/);
});
