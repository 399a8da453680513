import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { azureClient, azureStorage } from "../../../connectors/azure/azure.ts";
import { readEndpoints } from "../../../core/endpoints.ts";
import { newId } from "../../../core/jobs/id.ts";
import { uploadsFolder } from "../../../core/store/data-files.ts";
import { startSmallHdfs } from "../../connectors/hdfs/small.ts";
import { logWorld } from "../logs.ts";

const JSON_LINES = ["error", "info", "warn"].map(
  (level, i) => `{"time":170000000${i},"level":"${level}","message":"m"}\n`,
);
const SPARK = "26/11/24 10:00:00 INFO X: y\n26/11/24 10:00:01 ERROR X: y\njava.io.IOException: z\n\tat a.b(C.java:1)\n";

test("logs of a folder on HDFS are found, unpacked and analysed, those of a star and one by its name", async t => {
  const { analyse, settings: own } = await logWorld(t);
  const { hdfs, settings, remove } = await startSmallHdfs();
  t.after(() => remove());
  const put = (path: string, content: string | Buffer) => hdfs.create(path, Buffer.from(content));
  await put("/logs/app/a.json", JSON_LINES.join(""));
  await put("/logs/app/deep/b.log.gz", gzipSync(SPARK));
  await put("/logs/app/deep/c.log.zst", zstdCompressSync(Buffer.from(SPARK)));
  await put("/logs/app/empty.log", "");
  const root = `${readEndpoints(settings).hdfs?.files}/logs`;
  own.FILES_FROM = `${root}/`;
  const files = (ending: Awaited<ReturnType<typeof analyse>>) =>
    ending.outcomes[0]?.analysis?.formats.map(({ source, format, lines }) => [source, format, lines]).sort();

  const folder = await analyse({ files: [`${root}/app`] });
  assert.equal(folder.exitCode, 0, folder.error?.message);
  const gz = ["b.log.gz", "spark", "4"];
  assert.deepEqual(files(folder), [["a.json", "json", "3"], gz, ["c.log.zst", "spark", "4"]]);
  assert.deepEqual(folder.outcomes[0]?.analysis?.levels, { error: "3", warn: "1", info: "3" });

  const starred = await analyse({ files: [`${root}/app/deep/*.gz`, `${root}/app/a.json`] });
  assert.deepEqual(files(starred), [["a.json", "json", "3"], gz]);
  const none = await analyse({ files: [`${root}/app/empty.log`] });
  assert.match(none.outcomes[0]?.error?.message ?? "", /^There is no file at hdfs:.*empty\.log, or empty ones only\.$/);
});

test("logs on our Azure storage are analysed where they are", async t => {
  const { analyse, settings } = await logWorld(t);
  const storage = azureStorage(settings);
  assert.ok(storage);
  const container = (await azureClient(storage, {})).getContainerClient(storage.container);
  await container.createIfNotExists();
  const folder = `logs-${newId("analyze-logs")}`;
  const put = async (name: string, content: string | Buffer) => {
    await container.getBlockBlobClient(`${folder}/${name}`).upload(content, content.length);
    t.after(() => container.deleteBlob(`${folder}/${name}`));
  };
  await put("app.log", SPARK);
  await put("deep/app.log.gz", gzipSync(SPARK));
  await put("deep/_SUCCESS", "x");
  await put("deep/empty.log", "");
  const at = (path: string) => `abfss://${storage.container}@${storage.account}.dfs.core.windows.net/${folder}${path}`;
  const whole = await analyse({ files: [at("")] });
  assert.equal(whole.exitCode, 0, whole.error?.message ?? JSON.stringify(whole.outcomes));
  const [read, skipped, ...others] = whole.outcomes;
  assert.deepEqual(read?.figures, { lines: "8", records: "4", notParsed: "0", errors: "2", critical: "0" });
  assert.deepEqual(read?.analysis?.formats.map(({ source }) => source).sort(), ["app.log", "app.log.gz"]);
  assert.match(skipped?.error?.message ?? "", /^empty\.log is empty/);
  assert.deepEqual(others, []);
  assert.deepEqual(readdirSync(join(uploadsFolder(settings.DATA_DIR), ".parts")), [], "what was fetched is gone");

  const files = async (path: string) =>
    (await analyse({ files: [at(path)] })).outcomes.flatMap(
      ({ analysis, error }) => error?.message ?? analysis?.formats.map(({ source }) => source) ?? [],
    );
  assert.deepEqual(await files("/*.log"), ["app.log"]);
  assert.deepEqual((await files("/**.log*")).slice(0, 2), ["app.log", "app.log.gz"]);
  assert.deepEqual(await files("/deep/app.log.gz"), ["app.log.gz"]);
  const [other] = (await analyse({ files: [at("").replace(`://${storage.container}@`, "://no-such-container@")] }))
    .outcomes;
  assert.match(other?.error?.message ?? "", /^There is no file abfss:\/\/no-such-container@.* that may be read here/);
  assert.match(String(await files("/none.log")), /^There is no file at abfss:.*none\.log, or empty ones only\.$/);
});
