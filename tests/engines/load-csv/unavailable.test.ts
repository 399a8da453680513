import assert from "node:assert/strict";
import { test } from "node:test";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureStorage } from "../../../connectors/azure/azure.ts";
import { NotObserved } from "../../../connectors/spark/errors.ts";
import { readEndpoints } from "../../../core/endpoints.ts";
import { startSmallHdfs } from "../../connectors/hdfs/small.ts";
import { csvWorld } from "../csv.ts";

const CONTENT = 'k;v\n1;a\n2;"b;\nb"\n3\n2;c\n';
const FIGURES = { records: "4", bad: "1", keys: "2", added: "2", changed: "0", same: "0", overwritten: "1" };

test("a file on our Azure storage is looked at, cut and loaded as one that was uploaded", async t => {
  const { settings, namespace, run, rows } = await csvWorld(t);
  const storage = azureStorage(settings);
  assert.ok(storage);
  const credential = new StorageSharedKeyCredential(storage.account, storage.key);
  const container = new BlobServiceClient(storage.endpoint, credential).getContainerClient(storage.container);
  await container.createIfNotExists();
  const name = `${namespace}/the file.csv`;
  await container.getBlockBlobClient(name).upload(CONTENT, CONTENT.length);
  t.after(() => container.deleteBlob(name));
  const table = `lake.${namespace}.t`;
  const parameters = { table, key: "k", format: { delimiter: ";" } };
  const address = (path: string) => `abfss://${storage.container}@${storage.account}.dfs.core.windows.net/${path}`;
  const loaded = await run("load-csv", { ...parameters, file: address(name) });
  assert.equal(loaded.exitCode, 0, loaded.error?.message);
  assert.deepEqual(loaded.outcomes[0]?.figures, { ...FIGURES, lines: "6" });
  assert.deepEqual(await rows(`select * from ${table} order by k`), [
    { k: "1", v: "a" },
    { k: "2", v: "c" },
  ]);
  const again = await run("load-csv", { ...parameters, file: address(name) });
  assert.match(again.outcomes[0]?.notes?.join() ?? "", /this very file was loaded/);
  const none = await run("load-csv", { ...parameters, file: address("nothing.csv") });
  assert.match(none.error?.message ?? "", /^There is no file abfss:.*nothing\.csv/);
});

test("a file of HDFS is fetched through Spark and loaded, also where Spark's figures come too late", async t => {
  const { settings, namespace, run, rows } = await csvWorld(t);
  const small = await startSmallHdfs();
  t.after(() => small.remove());
  await small.hdfs.create("/in/t.csv", Buffer.from(CONTENT));
  const file = `${readEndpoints(small.settings).hdfs?.files}/in/t.csv`;
  settings.FILES_FROM = file.replace("/t.csv", "");
  const table = `lake.${namespace}.t`;
  const parameters = { file, table, key: "k", format: { delimiter: ";" } };
  const loaded = await run("load-csv", parameters, {
    wrap: session => ({
      ...session,
      async copy(copy, options) {
        await session.copy(copy, options);
        throw new NotObserved("too late");
      },
    }),
  });
  assert.equal(loaded.exitCode, 0, loaded.error?.message);
  assert.deepEqual(loaded.outcomes[0]?.figures, { ...FIGURES, lines: "6" });
  assert.deepEqual(await rows(`select * from ${table} order by k`), [
    { k: "1", v: "a" },
    { k: "2", v: "c" },
  ]);
  const again = await run("load-csv", parameters);
  assert.match(again.outcomes[0]?.notes?.join() ?? "", /this very file was loaded/);
  assert.deepEqual(await rows(`show tables in lake.${namespace} like 'portal_*'`), []);
  const none = await run("load-csv", { ...parameters, file: file.replace("t.csv", "none.csv") });
  assert.notEqual(none.exitCode, 0);
  assert.match(none.error?.message ?? "", /none\.csv/);
});
