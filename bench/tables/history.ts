import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContainerSASPermissions } from "@azure/storage-blob";
import { execaSync } from "execa";
import pMap from "p-map";
import { azureClient, azureStorage } from "../../connectors/azure/azure.ts";
import { blobFolder } from "../../connectors/azure/blob-folder.ts";
import { ensureContainer } from "../../connectors/azure/container.ts";
import { tableFiles } from "../../connectors/table-files/read.ts";
import { copyFiles } from "../../engines/migrate-iceberg/history/copy.ts";
import { runJob } from "../measuring/job.ts";
import { byTurns, judge, median, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * The copier of a history: BENCH_FILES files (16) of BENCH_MB megabytes (16) from the disk to Azure by eight streams, against
 * the bare SDK with as many streams and no checksums, and against rclone where it is installed (apt install rclone). Then a sync
 * without news of a table of BENCH_TABLE_FILES files (10,000; 0 leaves it out).
 */
const FILES = Number(process.env.BENCH_FILES ?? 16);
const BYTES = Number(process.env.BENCH_MB ?? 16) * 1_000_000;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const STREAMS = 8;
const TABLE_FILES = Number(process.env.BENCH_TABLE_FILES ?? 10_000);
const AT_ONCE = 500;
const NAMESPACE = `bench_history_${randomBytes(4).toString("hex")}`;
const bench = await benchStack();
const disk = mkdtempSync(join(tmpdir(), "bench-history-"));
try {
  const { settings } = bench;
  await ensureContainer(settings, "azure");
  const storage = azureStorage(settings);
  if (!storage) throw new Error("There is no Azure storage to copy to.");
  const container = (await azureClient(storage, {})).getContainerClient(storage.container);
  mkdirSync(join(disk, "data"));
  const names = Array.from({ length: FILES }, (_, i) => `data/${i}.parquet`);
  for (const name of names) writeFileSync(join(disk, name), randomBytes(BYTES));
  const place = (way: string, round: number) => `bench-history/${way}-${process.pid}-${round}`;

  const own = async (round: number) => {
    const root = `abfss://${storage.container}@${storage.account}.dfs.core.windows.net`;
    const folder = await blobFolder(`${root}/${place("own", round)}`, settings);
    if (!folder) throw new Error("unreachable");
    const { read } = tableFiles(`file:${disk}`, undefined as never, settings);
    const files = names.map(name => ({ from: `file:${disk}/${name}`, name, bytes: BYTES }));
    await copyFiles(files, {
      ...{ folder, read, streams: STREAMS, present: new Map(), signal: new AbortController().signal },
      counts: { files: 0, bytes: 0, there: 0, totalFiles: 0, totalBytes: 0 },
      before: async () => {},
      onProgress: () => {},
    });
  };
  const bare = async (round: number) => {
    const send = async (name: string) => {
      const blob = container.getBlockBlobClient(`${place("bare", round)}/${name}`);
      await blob.uploadData(readFileSync(join(disk, name)), { blockSize: 8 * 1024 * 1024, concurrency: 1 });
    };
    await pMap(names, send, { concurrency: STREAMS });
  };
  const sasUrl = await container.generateSasUrl({
    permissions: ContainerSASPermissions.parse("racwdl"),
    expiresOn: new Date(Date.now() + 3_600_000),
  });
  const rclone = async (round: number) => {
    const flags = ["--transfers", String(STREAMS), "--azureblob-chunk-size", "8M", "--config", "/dev/null"];
    const target = `:azureblob:${storage.container}/${place("rclone", round)}`;
    const env = { ...process.env, RCLONE_AZUREBLOB_SAS_URL: sasUrl };
    execaSync("rclone", ["copy", disk, target, ...flags], { env, stdio: ["ignore", "ignore", "inherit"] });
  };
  const ways: Record<string, (round: number) => Promise<void>> = { own, bare, ...(hasRclone() && { rclone }) };
  const seconds = await byTurns(ROUNDS, ways);
  for (const [way, took] of Object.entries(seconds))
    console.log(`${way}: ${((FILES * BYTES) / 1e6 / took).toFixed(1)} MB/s`);
  const against = (way: string) => (seconds[way] ?? Number.NaN) / (seconds.own ?? Number.NaN);
  judge("the copier against the bare SDK", against("bare"), { atLeast: 0.95 });
  if (ways.rclone) judge("the copier against rclone", against("rclone"), { atLeast: 1 });
  else console.log("rclone is not installed: nothing to compare with");
  for await (const { name } of container.listBlobsFlat({ prefix: "bench-history/" })) await container.deleteBlob(name);
  if (TABLE_FILES > 0) await syncWithoutNews();
} finally {
  rmSync(disk, { recursive: true, force: true });
  await bench.end();
}

// From the engine's plan to its outcome; an engine's start, which the worker has done before, is not in it.
async function syncWithoutNews(): Promise<void> {
  const session = await bench.session();
  const table = `lake.${NAMESPACE}.t`;
  await session.command(`create namespace lake.${NAMESPACE}`);
  // A file for each value. Some hundreds at a time, and one open at a time: a writer for each at once fills Spark's memory.
  const properties = "'write.spark.fanout.enabled' = 'false'";
  await session.command(
    `create table ${table} (id bigint, x string) using iceberg partitioned by (id) tblproperties (${properties})`,
  );
  for (let from = 0; from < TABLE_FILES; from += AT_ONCE) {
    const range = `range(${from}, ${Math.min(from + AT_ONCE, TABLE_FILES)}, 1, 1)`;
    await session.command(`insert into ${table} select id, 'x' from ${range} sort by id`);
  }
  const sync = async (verify: string) => {
    const parameters = { namespace: NAMESPACE, tables: ["t"], history: "all", ifExists: "sync", verify };
    const { outcomes } = await runJob(bench.settings, "migrate-iceberg", parameters);
    return outcomes[0]?.figures ?? {};
  };
  const first = await sync("none");
  console.log(`a table of ${TABLE_FILES} files: ${first["copied files"]} files copied`);
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    took.push(
      await timed(async () => {
        const { "copied files": copied } = await sync("read-back");
        if (copied !== "0") throw new Error(`${copied} files were copied where nothing was new`);
      }),
    );
  console.log(took.map(seconds => `  ${seconds.toFixed(2)} s`).join("\n"));
  judge("a sync without news", median(took), { atMost: 2 }, "s");
  await session.command(`drop table azure.${NAMESPACE}.t purge`);
  await session.command(`drop table ${table} purge`);
  for (const catalog of ["azure", "lake"]) await session.command(`drop namespace ${catalog}.${NAMESPACE}`);
}

function hasRclone(): boolean {
  try {
    execaSync("rclone", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
